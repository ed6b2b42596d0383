# peer-ours.sh - ours beside the peers; sourced by run-peers.sh, which says what a subject defines.
#
# The server is the shipped broker, every publisher an agent of its own unit with its outbox on disk, encryption and
# signatures on. The broker's window is its default (4,000 events an agent); an ack is sent after the commit's sync.

ours_client="$BIN/peer_ours -P"
ours_agents=8
ours_auditors=50
ours_p1="-w 1000 -n 200000" # by count: the outbox is filled before the clock starts
ours_p8="-w 1000 -n 400000"
ours_warm_up="-w 1000 -n 20000"
SUBJECTS=(ours "${SUBJECTS[@]}")

ours_enrol() { # DIR PROGRAM NAME [INIT OPTION...]: init, enrol, join
    local dir=$1 program=$2 name=$3 request
    shift 3
    request=$("$PROGRAMS/huoshui-$program" init "$dir/$name" "$@" 2>>"$dir.log") &&
        "$PROGRAMS/huoshui-broker" enrol "$dir/broker" "$request" --role "${program/audit/auditor}" \
            >"$dir/welcome" 2>>"$dir.log" &&
        "$PROGRAMS/huoshui-$program" join "$dir/$name" "$dir/welcome" >>"$dir.log"
}

ours_people() { # DIR
    local i
    for ((i = 0; i < ours_agents; i++)); do
        ours_enrol "$1" agent "a$i" --unit "$((341500 + i))" --name "county $i" || return
    done
    for ((i = 0; i < ours_auditors; i++)); do
        ours_enrol "$1" audit "u$i" --name "auditor $i" || return
    done
}

ours_serve() { # DIR: sets SRV
    : >"$1/ready"
    "$PROGRAMS/huoshui-broker" run "$1/broker" >"$1/ready" 2>>"$1.log" &
    SRV=$!
    wait_for "$1/ready" READY
}

ours_start() { # DIR PORT
    export BENCH_DIR=$1
    if [ -d "$1/broker" ]; then
        ours_serve "$1"
        return
    fi
    "$PROGRAMS/huoshui-broker" init "$1/broker" --name bench --unit 3415 --listen "tcp://127.0.0.1:$2" >>"$1.log"
    ours_serve "$1"
    ours_people "$1" || say "ours: enrolment failed, see $1.log"
}

ours_disk_dir() { # DIR: what the server keeps
    echo "$1/broker"
}
