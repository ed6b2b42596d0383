/*
 * zap.c - see zap.h. A request is seven frames: version, id, domain, address, routing id,
 * mechanism and one credential for CURVE. libzmq waits for an answer to each, so each gets one; the
 * caller's User-Id is the key in hex.
 */
#include "io/zap.h"

#include <assert.h>
#include <stdlib.h>
#include <zmq.h>

#include "io/zap_parts.h"

enum { VERSION, REQUEST_ID, DOMAIN, ADDRESS, ROUTING_ID, MECHANISM, CREDENTIAL };

struct zap {
    zap_admits *admits;
    void *context;
    struct zpump *pump;
};

void zap_request_add(struct zap_request *request, struct bytes frame)
{
    size_t at = request->count++;
    if (at >= ZAP_REQUEST_FRAMES)
        return;
    size_t size = frame.size < ZAP_FRAME_SIZE_MAX ? frame.size : ZAP_FRAME_SIZE_MAX;
    if (size > 0)
        memcpy(request->data[at], frame.data, size);
    request->frames[at] = bytes_of(request->data[at], size);
}

static bool request_read(void *socket, struct zap_request *request)
{
    int more = 1;
    while (more) {
        uint8_t frame[ZAP_FRAME_SIZE_MAX];
        int size = zmq_recv(socket, frame, sizeof(frame), ZMQ_DONTWAIT);
        if (size < 0)
            return false;
        size_t kept = (size_t)size < sizeof(frame) ? (size_t)size : sizeof(frame);
        zap_request_add(request, bytes_of(frame, kept));
        size_t option_size = sizeof(more);
        if (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &option_size) != 0)
            return false;
    }
    return true;
}

static void answer_set(struct zap_answer *answer, const char *status, const char *text)
{
    answer->status = status;
    answer->text = text;
}

void zap_judge(const struct zap_request *request, zap_admits *admits, void *context,
               struct zap_answer *out)
{
    const struct bytes *frames = request->frames;
    *out = (struct zap_answer){.id = request->count > REQUEST_ID ? frames[REQUEST_ID] : BYTES_NONE};
    if (request->count <= MECHANISM || !bytes_equal_text(frames[VERSION], "1.0")) {
        answer_set(out, "500", "malformed request");
    } else if (!bytes_equal_text(frames[MECHANISM], "CURVE")) {
        answer_set(out, "400", "only CURVE");
    } else if (!bytes_equal_text(frames[DOMAIN], ZSOCK_ZAP_DOMAIN)) {
        answer_set(out, "400", "another domain");
    } else if (request->count != ZAP_REQUEST_FRAMES || frames[CREDENTIAL].size != ZSOCK_KEY_SIZE) {
        answer_set(out, "500", "malformed credential");
    } else if (!admits(context, frames[CREDENTIAL])) {
        answer_set(out, "400", "unknown or revoked key");
    } else {
        answer_set(out, "200", "OK");
        hex_text(frames[CREDENTIAL], out->user, sizeof(out->user));
    }
}

/* A part that cannot be sent leaves the requester without an answer; its handshake limit ends it.
 */
static void answer_send(void *socket, const struct zap_answer *answer)
{
    const struct bytes parts[] = {
        bytes_of_text("1.0"),          answer->id,
        bytes_of_text(answer->status), bytes_of_text(answer->text),
        bytes_of_text(answer->user),   BYTES_NONE, /* no metadata */
    };
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        int flags = ZMQ_DONTWAIT | (i + 1 < ARRAY_LENGTH(parts) ? ZMQ_SNDMORE : 0);
        if (zmq_send(socket, parts[i].data, parts[i].size, flags) < 0)
            return;
    }
}

static bool on_receive(void *context, void *socket)
{
    const struct zap *zap = context;
    struct zap_request request = {0};
    struct zap_answer answer;
    if (!request_read(socket, &request))
        return false;
    zap_judge(&request, zap->admits, zap->context, &answer);
    answer_send(socket, &answer);
    return true;
}

enum err zap_open(uv_loop_t *loop, struct zcontext *zcontext, zap_admits *admits, void *context,
                  struct zap **out)
{
    int zero = 0;
    void *socket = zmq_socket(zcontext->zmq, ZMQ_REP);
    if (!socket)
        return ERR_IO;
    if (zmq_setsockopt(socket, ZMQ_LINGER, &zero, sizeof(zero)) != 0 ||
        zmq_bind(socket, "inproc://zeromq.zap.01") != 0) {
        zmq_close(socket);
        return ERR_BUSY;
    }
    struct zap *zap = calloc(1, sizeof(*zap));
    if (!zap)
        abort();
    zap->admits = admits;
    zap->context = context;
    struct zpump_handlers handlers = {.context = zap, .receive = on_receive};
    enum err err = zpump_open(loop, socket, &handlers, &zap->pump);
    if (err != OK) {
        free(zap);
        return err;
    }
    *out = zap;
    return OK;
}

void zap_close(struct zap *zap)
{
    zpump_close(zap->pump);
    free(zap);
}
