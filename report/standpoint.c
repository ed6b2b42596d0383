/* standpoint.c - see standpoint.h. */
#include "report/standpoint.h"

struct bytes standpoint_unit_name(const struct standpoint *standpoint, size_t unit)
{
    const struct view *view = standpoint->view;
    return ledger_unit_name(standpoint->ledger, unit, view->as_of, view->known_at);
}

struct bytes standpoint_subject(const struct standpoint *standpoint, size_t subject)
{
    return subject == SIZE_MAX ? BYTES_NONE : ledger_subject(standpoint->ledger, subject);
}
