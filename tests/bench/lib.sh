# lib.sh - what run-peers.sh does to a subject; sourced. The names in capitals are run-peers.sh's.

say() {
    printf '[%4ds] %s\n' "$SECONDS" "$*" >&2
}

rec() { # SUBJECT TEST KEY=VALUE...
    local subject=$1 test=$2 pair
    shift 2
    for pair in $*; do
        [[ $pair == *=* ]] && printf '%s\t%s\t%s\t%s\n' "$subject" "$test" "${pair%%=*}" "${pair#*=}" >>"$RES"
    done
    return 0
}

stop_pid() { # PID [SIGNAL]: ends a process that this script started
    local turn
    [ -n "${1:-}" ] || return 0
    kill "-${2:-TERM}" "$1" 2>/dev/null || true
    for turn in $(seq 1500); do
        kill -0 "$1" 2>/dev/null || break
        sleep 0.02
    done
    kill -9 "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

cleanup() {
    stop_pid "$SRV"
    stop_pid "$EPMD"
    cp "$RES" "$OUT/results.tsv"
    rm -rf "$WORK"
}

wait_for() { # FILE TEXT: until a line of FILE has it
    local turn
    for turn in $(seq 1000); do
        grep -q "$2" "$1" 2>/dev/null && return 0
        sleep 0.01
    done
    return 1
}

free_port() {
    local port=0
    while [ "$port" = 0 ] || ss -Hltn "sport = :$port" | grep -q .; do
        port=$((20000 + RANDOM % 10000))
    done
    echo "$port"
}

ms() {
    echo $(($(date +%s%N) / 1000000))
}

tree() { # PID: it and all below it
    local child
    echo "$1"
    for child in $(pgrep -P "$1"); do tree "$child"; done
}

memory_kib() { # PID ROW: sum of a row of smaps_rollup or status over its processes
    local pid
    for pid in $(tree "$1"); do
        cat "/proc/$pid/smaps_rollup" 2>/dev/null || true
    done | awk -v row="$2:" '$1 == row {sum += $2} END {print sum + 0}'
}

processor_ticks() { # PID
    local pid
    for pid in $(tree "$1"); do
        sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null || true
    done | awk '{sum += $12 + $13 + $14 + $15} END {print sum + 0}'
}

disk_bytes() { # DIR
    du -s -B1 "$1" | cut -f1
}

has() {
    declare -F "$1" >/dev/null
}

var() { # NAME [DEFAULT]: the value of the variable of that name
    local name=$1
    echo "${!name:-${2:-}}"
}

# ---- packages of the peers ----

wants_peers() {
    local name
    for name in "${WANTED[@]}"; do
        case $name in goals | ours) ;; *) return 0 ;; esac
    done
    return 1
}

install_peers() { # no service is started: run-peers.sh starts what it needs, on ports of its own
    local name missing=() made="" root=()
    for name in $(sed -n 's/^peers: *//p' deploy/packages); do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
    done
    [ "$(id -u)" = 0 ] || root=(sudo)
    if [ ${#missing[@]} -gt 0 ]; then
        say "installing: ${missing[*]}"
        if [ ! -e /usr/sbin/policy-rc.d ]; then
            made=1
            printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee /usr/sbin/policy-rc.d >/dev/null
            "${root[@]}" chmod 755 /usr/sbin/policy-rc.d
        fi
        "${root[@]}" apt-get update -qq
        for name in "${missing[@]}"; do
            "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$name" \
                >"$WORK/apt.log" 2>&1 || say "not installed: $name"
        done
        [ -z "$made" ] || "${root[@]}" rm -f /usr/sbin/policy-rc.d
    fi
    cmake -B "$BUILD" >"$WORK/cmake.log" && cmake --build "$BUILD" >>"$WORK/cmake.log" # the clients, now that their libraries are here
}

# ---- one subject ----

steal() { # stolen and all ticks
    awk '/^cpu /{print $9, $2+$3+$4+$5+$6+$7+$8+$9}' /proc/stat
}

noise() { # SUBJECT
    rec "$1" noise "$("$BIN/limit_sync" spin -t .2)" \
        "probe_$("$BIN/limit_sync" overwrite -d "$WORK" -b 4096 -t .2 | cut -d' ' -f1)"
}

with_noise() { # SUBJECT COMMAND...
    local subject=$1 stolen all stolen_after all_after
    shift
    read -r stolen all < <(steal)
    noise "$subject"
    "$@" || say "$subject: failed"
    noise "$subject"
    read -r stolen_after all_after < <(steal)
    rec "$subject" noise "steal_pct=$(awk -v a=$((stolen_after - stolen)) -v b=$((all_after - all)) \
        'BEGIN {printf "%.1f", b ? 100 * a / b : 0}')"
}

client() { # COMMAND OPTION...: the subject's own options stand between
    local program=${CLIENT%% *} own=${CLIENT#* } command=$1
    shift
    timeout "${PATIENCE:-120}" "$program" "$command" $own "$PORT" "$@" 2>>"$WORK/client.log"
}

fresh() {
    stop_pid "$SRV" "$SIG"
    SRV=""
    [ -z "$DIR" ] || rm -rf "$DIR"
    DIR=$(mktemp -d "$WORK/$V.XXXX")
    PORT=$(free_port)
    sync -f "$WORK"
    "${V}_start" "$DIR" "$PORT"
}

has_part() {
    [[ " $(var "${V}_parts" 'verify ingest store fanout crash') " == *" $1 "* ]]
}

verify() {
    local tracer
    strace -f -c -e trace=fsync,fdatasync,msync,sync_file_range -p "$SRV" -o "$WORK/strace" 2>"$WORK/attached" &
    tracer=$!
    wait_for "$WORK/attached" attached || say "$S: strace is not allowed to attach"
    sleep 0.5 # to its other threads and processes
    client ingest $INGEST -b 1 -w 1 -n 300 >/dev/null
    kill -INT "$tracer"
    wait "$tracer" 2>/dev/null || true
    rec "$S" verify "syncs_per_300_acks=$(awk '$NF ~ /^(fsync|fdatasync|msync|sync_file_range)$/{sum += $4} END {print sum + 0}' \
        "$WORK/strace")"
}

ingest() {
    local run
    for run in $(seq "$RUNS"); do
        rec "$S" w1 "$(client ingest $INGEST -b 1 -w 1 -t 0.6)"
        rec "$S" p1 "$(client ingest $INGEST $(var "${V}_p1" "-w 1000 -t 1.5"))"
        rec "$S" p8 "$(client ingest $INGEST -p 8 $(var "${V}_p8" "-w 1000 -t 1.5"))"
    done
}

fan() { # RATE TEST; false: only a growing queue was measured
    local run out p50
    for run in $(seq "$RUNS"); do
        out=$(client fanout -s 50 -r "$1" -t 2.5) || return 0
        rec "$S" "$2" "$out"
        sleep 0.3
        p50=$(sed 's/.*p50_us=\([0-9]*\).*/\1/' <<<"$out")
        [ "$p50" -lt 100000 ] || return 1
    done
}

fanouts() {
    fan 2000 fanout || fan 500 fanout500 || true
}

store_dir() {
    if has "${V}_disk_dir"; then "${V}_disk_dir" "$DIR"; else echo "$DIR"; fi
}

restart_and_replay() { # EMPTY BYTES
    local run began own
    for run in $(seq "$RUNS"); do
        began=$(ms)
        stop_pid "$SRV" "$SIG"
        SRV=""
        rec "$S" restart "stop_ms=$(($(ms) - began))"
        [ "$run" != 1 ] || rec "$S" store "disk_stopped_b_per_event=$((($(disk_bytes "$(store_dir)") - $1) / N))"
        began=$(ms)
        "${V}_start" "$DIR" "$PORT"
        client ready || say "$S: not ready after a restart"
        rec "$S" restart "start_ms=$(($(ms) - began))"
    done
    rec "$S" restart "rss_mb=$(($(memory_kib "$SRV" Pss) / 1024))"
    for run in $(seq "$RUNS"); do
        own=""
        case $S in mqtt*) own="-k s$(((run - 1) % 3))" ;; esac
        rec "$S" replay "$(client replay $own -n "$N")"
    done
}

store() {
    local empty ticks
    fresh
    client setup $(var "${V}_setup_b")
    sleep 0.5
    empty=$(disk_bytes "$(store_dir)")
    ticks=$(processor_ticks "$SRV")
    rec "$S" fill "$(client ingest $INGEST -w 1000 -p 4 -n "$N")"
    rec "$S" fill "server_cpu_us_per_event=$(awk -v t=$(($(processor_ticks "$SRV") - ticks)) -v h="$(getconf CLK_TCK)" \
        -v n="$N" 'BEGIN {printf "%.2f", t / h * 1e6 / n}')"
    has "${V}_settle" && "${V}_settle" "$PORT"
    sleep 1
    rec "$S" store "rss_mb=$(($(memory_kib "$SRV" Pss) / 1024))" \
        "disk_b_per_event=$((($(disk_bytes "$(store_dir)") - empty) / N))"
    restart_and_replay "$empty"
}

crash() {
    local program=${CLIENT%% *} own=${CLIENT#* } publishers acked found="" turn
    fresh
    client setup $(var "${V}_setup_a")
    BENCH_CRASH=1 "$program" ingest $own "$PORT" $INGEST -w 1000 -p 4 -t 5 >"$WORK/crash" 2>/dev/null &
    publishers=$!
    wait_for "$WORK/crash" began || true # outboxes are filled first
    sleep 1
    kill -9 "$SRV"
    wait "$SRV" 2>/dev/null || true
    SRV=""
    sleep 0.3
    kill "$publishers" 2>/dev/null || true
    wait "$publishers" 2>/dev/null || true
    "${V}_start" "$DIR" "$PORT"
    acked=$(sed -n 's/crash_acked=//p' "$WORK/crash" | head -1)
    case $S in
    mqtt*)
        client ready
        found=$(client replay -k s0 -n "${acked:-0}" | sed 's/.* n=//')
        ;;
    *)
        PATIENCE=40 client ready || true
        for turn in $(seq 10); do # a queue that recovers counts up
            found=$(client count | sed 's/.*=//') || true
            [ "${found:-0}" -lt "${acked:-0}" ] || break
            sleep 0.7
        done
        ;;
    esac
    rec "$S" crash "acked=${acked:-?}" "found=${found:-?}" \
        "acked_lost=$(awk -v a="${acked:-0}" -v f="${found:-0}" 'BEGIN {print (a > f ? a - f : 0)}')"
}

subject() { # NAME
    S=$1 V=${1//-/_} DIR=""
    has "${V}_start" || { say "$S: unknown subject" && return 1; }
    CLIENT=$(var "${V}_client") SIG=$(var "${V}_sig" TERM) INGEST=$(var "${V}_ingest")
    [ -x "${CLIENT%% *}" ] || { say "$S: no client program, skipped" && return 0; }
    say "$S"
    fresh
    client setup $(var "${V}_setup_a") || { say "$S: the server does not answer" && return 1; }
    client ingest $INGEST $(var "${V}_warm_up" "-w 1000 -n 20000") >/dev/null
    if has_part verify; then verify; fi
    if has_part ingest; then ingest; fi
    if has_part fanout_early; then
        fresh
        client ready
        fanouts
    fi
    if has_part store; then store; fi
    if has_part fanout; then fanouts; fi
    if has_part crash; then crash; fi
    stop_pid "$SRV" "$SIG"
    SRV=""
    rm -rf "$DIR"
    DIR=""
}
