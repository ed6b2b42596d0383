/* network.c - see network.h. */
#include "audit/network.h"

#include <inttypes.h>

#include "io/daemon.h"
#include "reader/subscriber.h"

struct network {
    uv_loop_t loop;
    uv_timer_t patience;
    struct signals signals;
    struct subscriber *subscriber; /* NULL when it could not be opened */
    const struct reading *reading;
    const struct reading_sink *sink;
    struct problem *problem;
    uint64_t to;         /* UINT64_MAX: not known yet, or no end */
    uint64_t scanned_to; /* everything up to here has been seen */
    uint64_t started_ms;
    enum err result;
    bool is_done;
};

static void finish(struct network *network, enum err result)
{
    if (network->is_done)
        return;
    network->is_done = true;
    network->result = result;
    uv_stop(&network->loop);
}

static enum err on_record(void *context, const struct record *record, const struct hash *hash)
{
    struct network *network = context;
    if (network->is_done || record->position > network->to)
        return OK;
    return network->sink->on_record(network->sink->context, record, hash);
}

static enum err on_signature(void *context, const struct push_signature *signature)
{
    struct network *network = context;
    const struct reading_sink *sink = network->sink;
    if (network->is_done || signature->position > network->to || !sink->on_signature)
        return OK;
    return sink->on_signature(sink->context, signature);
}

static enum err on_turn(void *context, uint64_t scanned_to, uint64_t head)
{
    struct network *network = context;
    const struct reading_sink *sink = network->sink;
    network->scanned_to = scanned_to;
    if (!network->reading->follow && network->to > head)
        network->to = head;
    if (network->is_done)
        return OK;
    if (scanned_to >= network->to)
        finish(network, OK);
    else if (sink->on_turn)
        TRY(sink->on_turn(sink->context, scanned_to));
    return OK;
}

static void on_end(void *context, enum err err, const struct problem *problem)
{
    struct network *network = context;
    if (!network->is_done && *problem->text)
        *network->problem = *problem;
    finish(network, err);
}

static void on_stop(void *context)
{
    struct network *network = context;
    if (!network->reading->follow && !network->is_done)
        problem_set(network->problem, "stopped by a signal after position %" PRIu64,
                    network->scanned_to);
    finish(network, network->reading->follow ? OK : ERR_BUSY);
}

static void on_patience(uv_timer_t *timer)
{
    struct network *network = timer->data;
    if (network->is_done)
        return;
    uint64_t heard_ms = subscriber_heard_ms(network->subscriber), now_ms = clock_steady_ms();
    uint64_t since_ms = heard_ms > network->started_ms ? heard_ms : network->started_ms;
    uint64_t due_ms = since_ms + network->reading->timeout_ms;
    if (now_ms < due_ms) {
        (void)uv_timer_start(timer, on_patience, due_ms - now_ms, 0);
        return;
    }
    subscriber_problem(network->subscriber, "no answer in time", network->problem);
    finish(network, ERR_IO);
}

static enum err open_subscriber(struct network *network, const struct membership *membership)
{
    struct subscriber_options options = {
        .loop = &network->loop,
        .membership = membership,
        .from = network->reading->from,
        .filter = network->reading->filter,
        .with_signatures = network->reading->with_signatures,
    };
    struct subscriber_handlers handlers = {
        .context = network,
        .on_record = on_record,
        .on_signature = on_signature,
        .on_turn = on_turn,
        .on_end = on_end,
    };
    return subscriber_open(&options, &handlers, &network->subscriber, network->problem);
}

static void run(struct network *network)
{
    network->started_ms = clock_steady_ms();
    if (!network->reading->follow)
        (void)uv_timer_start(&network->patience, on_patience, network->reading->timeout_ms, 0);
    (void)uv_run(&network->loop, UV_RUN_DEFAULT);
    const struct reading_sink *sink = network->sink;
    if (network->result == OK && sink->on_turn)
        network->result = sink->on_turn(sink->context, network->scanned_to);
}

static void close_all(struct network *network)
{
    if (network->subscriber)
        subscriber_close(network->subscriber);
    uv_close((uv_handle_t *)&network->patience, NULL);
    signals_close(&network->signals);
    while (uv_run(&network->loop, UV_RUN_DEFAULT) != 0) /* once more after an uv_stop */
        continue;
    (void)uv_loop_close(&network->loop);
}

enum err network_read(const struct membership *membership, const struct reading *reading,
                      const struct reading_sink *sink, struct problem *problem)
{
    struct network network = {
        .reading = reading,
        .sink = sink,
        .problem = problem,
        .to = reading->to > 0 ? reading->to : UINT64_MAX,
        .scanned_to = reading->from - 1,
    };
    if (uv_loop_init(&network.loop) != 0 ||
        signals_open(&network.loop, &network.signals, on_stop, &network) != OK) {
        problem_set(problem, "the system gives no loop: look at the limits of this user");
        return ERR_IO;
    }
    (void)uv_timer_init(&network.loop, &network.patience);
    network.patience.data = &network;
    network.result = open_subscriber(&network, membership);
    if (network.result == OK)
        run(&network);
    close_all(&network);
    return network.result;
}
