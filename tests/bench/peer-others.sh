# peer-others.sh - how each peer's server is started; sourced by run-peers.sh. Nothing is tuned beyond what stands here.

nats_client="$BIN/peer_nats -P"
nats_start() { # JetStream, file storage, one replica; 2.9 syncs its files every two minutes and has no other setting
    cat >"$1/nats.conf" <<TEXT
host: 127.0.0.1
port: $2
jetstream { store_dir: "$1/js", max_mem: 64MB, max_file: 20GB }
TEXT
    nats-server -c "$1/nats.conf" >>"$1.log" 2>&1 &
    SRV=$!
}

redis_client="$BIN/peer_redis -P"
redis_start() { # DIR PORT [APPENDFSYNC]
    redis-server --bind 127.0.0.1 --port "$2" --dir "$1" --save '' --appendonly yes \
        --appendfsync "${3:-always}" >>"$1.log" 2>&1 &
    SRV=$!
}
redis_settle() { # its rewrites run in the background
    local turn
    for turn in $(seq 100); do
        redis-cli -p "$1" info persistence | grep -q 'aof_rewrite_in_progress:0' && return 0
        sleep 0.1
    done
}
redis_es_client=$redis_client redis_es_parts="verify ingest crash"
redis_es_start() { redis_start "$1" "$2" everysec; }

# A broker of MQTT drops what nobody subscribed to: offline persistent sessions make it store.
mqtt1_client="$BIN/peer_mqtt -q 1 -P" mqtt2_client="$BIN/peer_mqtt -q 2 -P"
mqtt1_parts="verify ingest fanout_early store crash" mqtt2_parts="verify ingest fanout_early"
mqtt1_setup_a="-s 1" mqtt2_setup_a="-s 1" mqtt1_setup_b="-s 3"
mqtt_start() { # persistence on; the file is written every 30 minutes (default) and at a clean stop
    cat >"$1/mosquitto.conf" <<TEXT
listener $2 127.0.0.1
allow_anonymous true
user root
persistence true
persistence_location $1/
max_inflight_messages 1000
max_queued_messages 0
log_type error
TEXT
    mosquitto -c "$1/mosquitto.conf" >>"$1.log" 2>&1 &
    SRV=$!
}
mqtt1_start() { mqtt_start "$@"; }
mqtt2_start() { mqtt_start "$@"; }

rabbit_client="$BIN/peer_amqp -k st -y stream -P" rabbit_qq_client="$BIN/peer_amqp -k qq -y quorum -P"
rabbit_qq_parts="verify ingest crash" # reading a queue takes from it
rabbit_start() {
    if [ -z "$EPMD" ]; then
        EPMD_PORT=$(free_port)
        ERL_EPMD_ADDRESS=127.0.0.1 epmd -port "$EPMD_PORT" >/dev/null 2>&1 &
        EPMD=$!
        sleep 0.2
    fi
    printf 'listeners.tcp.1 = 127.0.0.1:%s\ndisk_free_limit.absolute = 1GB\n' "$2" >"$1/rabbit.conf"
    : >"$1/plugins"
    [ -e "$1/dist" ] || free_port >"$1/dist"
    env HOME="$1" ERL_EPMD_PORT="$EPMD_PORT" ERL_EPMD_ADDRESS=127.0.0.1 RABBITMQ_NODENAME=bench@localhost \
        RABBITMQ_NODE_PORT="$2" RABBITMQ_DIST_PORT="$(cat "$1/dist")" RABBITMQ_CONFIG_FILE="$1/rabbit.conf" \
        RABBITMQ_ENABLED_PLUGINS_FILE="$1/plugins" RABBITMQ_MNESIA_BASE="$1/mnesia" RABBITMQ_LOG_BASE="$1/logs" \
        RABBITMQ_LOGS=- RUNNING_UNDER_SYSTEMD=1 \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
        /usr/lib/rabbitmq/bin/rabbitmq-server >>"$1.log" 2>&1 &
    SRV=$!
}
rabbit_qq_start() { rabbit_start "$@"; }

postgres_client="$BIN/peer_pg -P" postgres_ingest="-b 100" postgres_sig=INT # INT: fast shutdown
as_postgres() { # in a subshell: SRV must be the server itself
    cd / && exec setpriv --reuid=postgres --regid=postgres --clear-groups "$@"
}
postgres_start() { # defaults: synchronous_commit and fsync on, wal_sync_method fdatasync, shared_buffers 128MB
    local programs=/usr/lib/postgresql/15/bin
    if [ ! -d "$1/db" ]; then
        chown postgres "$1"
        (as_postgres $programs/initdb -D "$1/db" -A trust -U postgres) >>"$1.log" 2>&1
        cat >>"$1/db/postgresql.conf" <<TEXT
port=$2
listen_addresses='127.0.0.1'
unix_socket_directories=''
max_connections=120
TEXT
    fi
    (as_postgres $programs/postgres -D "$1/db") >>"$1.log" 2>&1 &
    SRV=$!
}
