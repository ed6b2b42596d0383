/* auditor.h - what an auditor's directory is to reader/membership. */
#pragma once

#include "reader/membership.h"

extern const struct membership_program auditor_program;
