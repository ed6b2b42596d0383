/* ledger_back.c - the log from its newest end: for what is asked about the last day. */
#include "ledger/fold/ledger_parts.h"

const struct assertion *ledger_said_by(const struct ledger *ledger, uint64_t position)
{
    size_t low = 0, high = ledger->assertion_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (assertion_at(ledger, middle)->position <= position)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? assertion_at(ledger, low - 1) : NULL;
}
