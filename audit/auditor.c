/* auditor.c - see auditor.h. */
#include "audit/auditor.h"

const struct membership_program auditor_program = {
    .program = "huoshui-audit",
    .role = PEER_AUDITOR,
    .role_name = "auditor",
    .of_whom = "an auditor's",
    .example_name = "审计局",
    .settings = &membership_settings_table,
    .settings_size = sizeof(struct membership_settings),
};
