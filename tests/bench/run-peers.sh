#!/usr/bin/env bash
# run-peers.sh - ours beside the limits of this machine and beside what a user would pick instead, in one run.
#
#   run-peers.sh               everything: installs the peers' servers (deploy/packages, "peers"), about 15 minutes
#   run-peers.sh --quick       our own goals only, one run each, small logs; under two minutes, installs nothing
#   run-peers.sh SUBJECT...    only these: goals ours redis nats postgres rabbit rabbit-qq mqtt1 mqtt2 redis-es
#
# Environment: RUNS (3) runs a figure, the median is the figure; N (1000000) stored events; BUILD (build/bench);
# OUT (BUILD/results): results.tsv, table.txt, goals.txt; BUDGET (1500) seconds, after which no subject is begun.
# All traffic is on 127.0.0.1, on free ports; payloads are 300 bytes from one file. Compare figures of one run only.
#
# A subject NAME (peer-NAME.sh beside this file is sourced) defines
#   NAME_client="PROGRAM [OPTION...] -P"   with the commands of peers/peer_*.c; the port is appended
#   NAME_start DIR PORT                    starts the server in the background, data in DIR, sets SRV to its pid
# and may define NAME_parts, NAME_ingest, NAME_p1, NAME_p8, NAME_warm_up, NAME_sig, NAME_setup_a, NAME_setup_b (options),
# NAME_settle PORT, NAME_disk_dir DIR.
#
# What is done to each:
#   verify   strace counts the server's syncs while 300 events are sent one at a time: about 300 = synced before each
#            ack, about 0 = the ack promises no sync
#   w1       one publisher, one event in flight
#   p1 p8    1 and 8 publishers, each with up to 1000 events in flight: acked events/s, ack latency
#   fill     N events into a fresh server by 4 publishers: its memory, processor time and disk an event
#   restart  clean stop; start until a client has read the first event
#   replay   one consumer reads N events from the first; connecting included, page cache warm
#   fanout   2,000 events/s to 50 subscriber connections: latency from the time an event was due. When that only measures
#            a growing queue (p50 above 100 ms), fanout500 does it at 500 events/s
#   crash    kill -9 under load: acked events that are missing afterwards (the page cache survives; verify says the rest)
#   noise    before and after: one core on a fixed loop, 4 KiB syncs/s, steal time. A noisy minute is not comparable
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
HERE=$PWD/tests/bench
RUNS=${RUNS:-3} N=${N:-1000000} BUDGET=${BUDGET:-1500} BUILD=$(realpath -m "${BUILD:-build/bench}")
OUT=${OUT:-$BUILD/results}
WORK=$(mktemp -d /tmp/huoshui-bench.XXXXXX)
RES=$WORK/results.tsv BIN=$BUILD/bin/bench PROGRAMS=$BUILD/bin
export BENCH_PAYLOAD=$WORK/payload.bin BENCH_PROGRAMS=$PROGRAMS
SUBJECTS=(redis nats postgres rabbit rabbit-qq mqtt1 mqtt2 redis-es)
SRV="" EPMD="" DIR="" PORT=""

. "$HERE/lib.sh"
. "$HERE/goals.sh"
for file in "$HERE"/peer-*.sh; do . "$file"; done

QUICK="" WANTED=()
for word in "$@"; do
    case $word in
    --quick) QUICK=1 RUNS=1 N=200000 WANTED=(goals) ;;
    -*)
        echo "usage: ./run bench [--quick] [SUBJECT...]" >&2
        exit 2
        ;;
    *) WANTED+=("$word") ;;
    esac
done
[ ${#WANTED[@]} -gt 0 ] || WANTED=(goals "${SUBJECTS[@]}")

mkdir -p "$OUT"
chmod 755 "$WORK" # postgres runs as another user
: >"$RES"
trap cleanup EXIT
trap 'exit 130' INT TERM

wants_peers && install_peers
"$BIN/mkpayload" make -k "$BENCH_PAYLOAD"
for name in "${WANTED[@]}"; do
    if [ "$SECONDS" -gt "$BUDGET" ]; then
        say "$name: not begun, over $BUDGET s"
        continue
    fi
    if [ "$name" = goals ]; then
        goals
    else
        with_noise "$name" subject "$name"
    fi
    case $name in rabbit*)
        stop_pid "$EPMD"
        EPMD=""
        ;;
    esac
done
"$HERE/report" "$RES" | tee "$OUT/table.txt"
say "raw figures: $OUT/results.tsv"
