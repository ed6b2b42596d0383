/* report_lights.h - a project's traffic lights: its word, its shape and the rule that raised it. */
#pragma once

#include <jansson.h>

#include "report/standpoint.h"

/* "  亮灯：黄灯（三角）银川开工亮灯 2025：…", a line each; none where no rule holds. */
void report_lights_add(const struct standpoint *standpoint, const struct project_view *project,
                       struct buffer *out);
json_t *report_lights_json(const struct standpoint *standpoint, const struct project_view *project);
