/* verify_run.c - `huoshui-audit verify`: reads a source from its beginning into verify.h and, for a
 * directory, index.h; says what was proven, or the first bad position. */
#include <inttypes.h>
#include <stdio.h>

#include "audit/auditor.h"
#include "audit/child.h"
#include "audit/commands.h"
#include "audit/directory.h"
#include "audit/index.h"
#include "audit/source.h"
#include "audit/verify.h"
#include "proto/json.h"

enum { TIMEOUT_DEFAULT_S = 30, TIMEOUT_MAX_S = 86400 };

struct proof {
    struct source source;
    struct reading reading;
    struct verify verify;
    struct index_check index;
    bool has_index, json;
    struct problem problem; /* of reading; a fault of the log is in verify */
};

static enum err on_record(void *context, const struct record *record, const struct hash *hash)
{
    struct proof *proof = context;
    enum err err = verify_record(&proof->verify, record, hash);
    if (err == OK && proof->has_index)
        err = index_record(&proof->index, record);
    return err;
}

static enum err on_signature(void *context, const struct push_signature *signature)
{
    struct proof *proof = context;
    return verify_signature(&proof->verify, signature);
}

static enum err on_turn(void *context, uint64_t scanned_to)
{
    struct proof *proof = context;
    if (proof->has_index)
        index_turn(&proof->index);
    child_note_good(scanned_to);
    return OK;
}

static const struct reading_sink *sink_of(struct proof *proof, struct reading_sink *sink)
{
    *sink = (struct reading_sink){proof, on_record, on_signature, on_turn};
    return sink;
}

static enum err verify_directory(struct proof *proof)
{
    struct reading_sink sink;
    CLEANUP(store_close) struct store *store = NULL;
    struct index_check *index = &proof->index;
    TRY(directory_open(proof->source.path, &store, &proof->problem));
    enum err err = index_open(index, &proof->verify, store, proof->source.path);
    proof->has_index = true;
    if (err == OK)
        err = directory_read(store, &proof->reading, sink_of(proof, &sink), &proof->problem);
    if (err == OK && child_is_stopped()) {
        problem_set(&proof->problem, "stopped by a signal after position %" PRIu64,
                    proof->verify.position);
        err = ERR_BUSY;
    }
    if (err == OK)
        err = index_end(index);
    index_close(index);
    return err;
}

/* Over the network the tables are the broker's own affair, and the log must be the one we joined.
 */
static enum err verify_network(struct proof *proof)
{
    struct reading_sink sink;
    struct verify *verify = &proof->verify;
    TRY(source_read(&proof->source, &proof->reading, sink_of(proof, &sink), &proof->problem));
    TRY(verify_end(verify));
    struct membership membership;
    TRY(membership_open(&auditor_program, proof->source.path, &membership, &proof->problem));
    bool is_ours =
        verify->has_log_id &&
        bytes_equal(membership.welcome.log_id, bytes_of(verify->log_id, sizeof verify->log_id));
    membership_close(&membership);
    if (is_ours)
        return OK;
    return verify_fault(verify, 1, "this is not the log that the welcome is for: its id differs");
}

static void print_fault(const struct proof *proof, uint64_t position, const char *text)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    if (!proof->json)
        return;
    buffer_add_format(&out, "{\"clean\":false,\"position\":%" PRIu64 ",\"problem\":", position);
    json_text_write(bytes_of_text(text), &out);
    (void)printf("%.*s}\n", (int)out.size, (const char *)out.data);
}

static void print_proof(const struct proof *proof)
{
    const struct verify *verify = &proof->verify;
    char hash[2 * HASH_SIZE + 1];
    CLEANUP(buffer_release) struct buffer city = {0};
    hex_text(hash_bytes(&verify->hash), hash, sizeof hash);
    json_text_write(bytes_of_text(verify->city), &city);
    if (proof->json)
        (void)printf("{\"clean\":true,\"city\":%.*s,\"records\":%" PRIu64 ",\"events\":%" PRIu64
                     ",\"refusals\":%" PRIu64 ",\"own_records\":%" PRIu64
                     ",\"units\":%zu,\"signatures\":%" PRIu64 ",\"tables\":%s,\"head\":%" PRIu64
                     ",\"hash\":\"%s\"}\n",
                     (int)city.size, (const char *)city.data, verify->position, verify->events,
                     verify->refusals, verify->own_records, verify->units.count, verify->signatures,
                     proof->has_index ? "true" : "false", verify->position, hash);
    else
        (void)printf("clean: %s, %" PRIu64 " records: %" PRIu64 " events of %zu units, %" PRIu64
                     " refusals, %" PRIu64 " of the broker's own; %" PRIu64
                     " signatures%s\nhead %" PRIu64 " %s\n",
                     verify->city, verify->position, verify->events, verify->units.count,
                     verify->refusals, verify->own_records, verify->signatures,
                     proof->has_index ? "; tables agree" : "", verify->position, hash);
}

static int work(void *context)
{
    struct proof *proof = context;
    struct verify *verify = &proof->verify;
    verify_init(verify);
    enum err err =
        proof->source.kind == SOURCE_DIRECTORY ? verify_directory(proof) : verify_network(proof);
    int status = EXIT_DONE;
    if (err == OK) {
        print_proof(proof);
    } else if (verify->bad_position != 0) {
        print_fault(proof, verify->bad_position, verify->problem.text);
        status = complain(&verify->problem, EXIT_REFUSED);
    } else {
        print_fault(proof, verify->position + 1, proof->problem.text);
        status = complain(&proof->problem, EXIT_REFUSED);
    }
    verify_release(verify);
    return fflush(stdout) == 0 ? status : EXIT_REFUSED;
}

static void found_dead(void *context, int signal_number, uint64_t good_position)
{
    char text[96];
    (void)snprintf(text, sizeof text, "page structure damaged (signal %d)", signal_number);
    print_fault(context, good_position + 1, text);
}

int command_verify(const struct args *args)
{
    static struct proof proof;
    struct problem problem = {0};
    uint64_t timeout_s = 0;
    proof.json = args_flag(args, "--json");
    if (option_number(args, "--timeout", TIMEOUT_DEFAULT_S, TIMEOUT_MAX_S, &timeout_s, &problem) !=
        OK)
        return complain(&problem, EXIT_USAGE);
    proof.reading = (struct reading){.from = 1,
                                     .with_signatures = true,
                                     .filter.all_records = true,
                                     .timeout_ms = timeout_s * 1000};
    if (source_find(args->positional[0], &proof.source, &problem) != OK)
        return complain(&problem, EXIT_REFUSED);
    return source_run(&proof.source, work, &proof, found_dead);
}
