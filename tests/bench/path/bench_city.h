/* bench_city.h - a city of any size: decoded events of the usual mix, 120 a project. */
#pragma once

#include "base/random.h"
#include "ledger/fold/ledger.h"

struct bench_city {
    struct random random;
    uint64_t projects, project; /* whose turn it is */
    uint64_t position;          /* of the newest event */
};

void bench_city_init(struct bench_city *city, uint64_t events); /* that there will be, about */
/* Says the next ones; gives the nanoseconds that the ledger took. */
uint64_t bench_city_fold(struct bench_city *city, struct ledger *ledger, uint64_t count);
