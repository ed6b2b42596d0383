/* report_scene.h - a bulletin made by hand, as the city of Lu'an published it for nine months of
 * 2022, to be written in every form. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/report_bulletin.h"

enum { REPORT_UNITS = 8 };

struct report_scene {
    struct bulletin bulletin;
    struct bulletin_paper paper;
    struct bulletin_row rows[REPORT_UNITS];
    struct bulletin_rate rates[REPORT_UNITS + 1][2];
    struct bulletin_target targets[2];
};

void report_scene_make(struct report_scene *scene);
