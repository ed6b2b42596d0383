/* pages_project.h - private to pages*.c: a project as one row of a list. */
#pragma once

#include "display/board_json.h"
#include "display/pages.h"

/* PROJECT_LINE of docs/display.md. */
json_t *project_line_json(const struct standpoint *standpoint, const struct project_view *project);
