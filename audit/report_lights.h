/* report_lights.h - a project's traffic lights: its word, its shape and the rule that raised it. */
#pragma once

#include "audit/report.h"

/* "  亮灯：黄灯（三角）银川开工亮灯 2025：…", a line each; none where no rule holds. */
void report_lights_add(struct report *report, const struct project_view *project,
                       struct buffer *out);
json_t *report_lights_json(struct report *report, const struct project_view *project);
