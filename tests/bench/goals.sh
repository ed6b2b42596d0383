# goals.sh - the goals of speed and size, each beside its yardstick in the same minute; sourced by run-peers.sh.
# What is recorded here, `report` compares with its table of goals.

goal_dir() { # AUDITORS AGENTS: a fresh broker that runs, with its people; sets DIR and SRV
    local ours_auditors=$1 ours_agents=$2
    stop_pid "$SRV"
    SRV=""
    [ -z "$DIR" ] || rm -rf "$DIR"
    DIR=$(mktemp -d "$WORK/goal.XXXX")
    PORT=$(free_port)
    ours_start "$DIR" "$PORT"
}

ours() { # COMMAND OPTION...
    local command=$1
    shift
    timeout 300 "$BIN/peer_ours" "$command" "$@" 2>>"$WORK/client.log"
}

combo() { # OPTION...
    timeout 60 "$BIN/limit_combo" run -d "$WORK" -P "$(free_port)" -y curve "$@" 2>>"$WORK/client.log"
}

value() { # KEY PAIRS
    sed "s/.*\b$1=\([0-9.]*\).*/\1/" <<<"$2"
}

ratio() { # ABOVE BELOW
    awk -v a="$1" -v b="$2" 'BEGIN {printf "%.3f", b ? a / b : 0}'
}

goal_ratios() {
    local run limit path
    for run in $(seq $((RUNS > 1 ? 2 * RUNS - 1 : 1))); do
        limit=$(combo -p 8 -w 1000 -b 100 -t 1)
        path=$(ours ingest -p 8 -w 1000 -n $((N * 2 / 5)))
        rec path p8 "limit_rate=$(value rate "$limit")" "$path" "ratio=$(ratio "$(value rate "$path")" "$(value rate "$limit")")"
        limit=$(combo -w 1 -t 0.6)
        path=$(ours ingest -w 1 -b 1 -t 0.6)
        rec path w1 "limit_p50_us=$(value p50_us "$limit")" "$path" \
            "ratio=$(ratio "$(value p50_us "$limit")" "$(value p50_us "$path")")"
        rec path submit "$("$BIN/path_submit" run -d "$DIR" -n 300)"
    done
}

goal_replay() { # on the log that is there
    local run count
    count=$(value count "$(ours count)")
    rec path replay "events=$count"
    for run in $(seq "$RUNS"); do
        rec path replay "$(ours replay -n "$count")"
    done
}

goal_fanout() {
    local run
    for run in $(seq "$RUNS"); do
        rec path fanout "$(ours fanout -s 50 -r 2000 -t 2.5)"
    done
}

goal_start() { # a log of N events or more
    local run
    stop_pid "$SRV"
    SRV=""
    for run in $(seq "$RUNS"); do
        rec path start "$("$BIN/path_start" run -d "$DIR")"
    done
}

goal_idle_agent() {
    local agent run
    for run in $(seq "$RUNS"); do
        : >"$DIR/ready"
        "$PROGRAMS/huoshui-agent" run "$DIR/a0" >"$DIR/ready" 2>>"$DIR.log" &
        agent=$!
        wait_for "$DIR/ready" READY
        "$PROGRAMS/huoshui-agent" status "$DIR/a0" --wait-empty 20 >/dev/null
        sleep 1
        rec path idle "agent_anon_kib=$(memory_kib "$agent" Anonymous)" "agent_pss_kib=$(memory_kib "$agent" Pss)" \
            "agent_rss_kib=$(memory_kib "$agent" Rss)"
        stop_pid "$agent"
    done
}

goal_disk() { # WINDOW EVENTS: the credit makes every push WINDOW events, and every push its own commit
    local before
    goal_dir 1 1
    stop_pid "$SRV"
    sed -i "s/^#* *window *=.*/window = $1/" "$DIR/broker/huoshui.conf"
    grep -q "^window = $1" "$DIR/broker/huoshui.conf" || say "goals: the window could not be set"
    ours_serve "$DIR"
    before=$(disk_bytes "$DIR/broker/store")
    rec path "disk$1" "$(ours ingest -w 1000 -n "$2")"
    rec path "disk$1" "ratio=$(awk -v b=$(($(disk_bytes "$DIR/broker/store") - before)) -v n="$2" -v e="$ENCODED_SIZE" \
        'BEGIN {printf "%.3f", b / n / e}')"
}

goal_crowd() {
    goal_dir 0 0
    stop_pid "$SRV"
    SRV=""
    rec path crowd "$("$BIN/path_crowd" run -d "$DIR" -n "$1")"
}

goal_ledger() {
    local run
    for run in $(seq "$RUNS"); do
        rec path ledger "$("$BIN/path_ledger" run -n 1000000)"
    done
}

goal_glass() { # one browser and 199 plain clients; the wall is of the city of the tests
    rec path glass "$(/usr/bin/python3 -B "$HERE/glass.py" "$BUILD" "$([ -n "$QUICK" ] && echo 5 || echo 20)")"
}

goal_wall() {
    local run
    for run in $(seq "$RUNS"); do
        rec path wall "$("$BIN/path_board" run -n 1000000)"
    done
}

goals() {
    say "goals"
    noise path
    goal_dir 50 8
    ours ingest -w 1000 -n 20000 >/dev/null
    goal_ratios
    say "goals: fan-out"
    goal_fanout
    say "goals: replay and start"
    ours ingest -p 4 -w 1000 -n "$N" >/dev/null
    goal_replay
    goal_idle_agent
    goal_start
    say "goals: disk"
    ENCODED_SIZE=$("$BIN/peer_ours" size)
    goal_disk 100 $((N / 10))
    goal_disk 1 $((N / 200))
    say "goals: crowd"
    goal_crowd "$([ -n "$QUICK" ] && echo 1000 || echo 3000)"
    say "goals: ledger"
    goal_ledger
    say "goals: the wall"
    goal_wall
    goal_glass
    noise path
    rm -rf "$DIR"
    DIR=""
}
