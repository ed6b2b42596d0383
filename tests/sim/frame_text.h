/* frame_text.h - a frame in one short line, for transcripts. */
#pragma once

#include "base/bytes.h"

enum { FRAME_TEXT_MAX = 400 };

char *frame_text(struct bytes bytes, char out[FRAME_TEXT_MAX]);
