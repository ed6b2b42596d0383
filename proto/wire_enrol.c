/*
 * wire_enrol.c - enrolment files: base64 between a first line that says what the file is and a last
 * line, as mail and USB sticks leave them. Inside is a SignedFile; what is signed is the first
 * line, a line break, and the body's bytes.
 */
#include "proto/wire.h"
#include "proto/wire_flat.h"
#include "proto/wire_limits.h"

enum { ARMOUR_COLUMNS = 64, FILE_SIZE_MAX = 16 << 10 };

static const char request_title[] = "HUOSHUI ENROLMENT REQUEST 1";
static const char welcome_title[] = "HUOSHUI ENROLMENT WELCOME 1";
static const char end_line[] = "END";

struct signed_file {
    struct bytes body, signature;
};

static const struct wire_flat_row signed_file_rows[] = {
    FLAT_ROW(1, BYTES, FILE_SIZE_MAX, signed_file, body),
    FLAT_ROW(2, EXACTLY, SIGN_SIGNATURE_SIZE, signed_file, signature),
};

static const struct wire_flat_row request_rows[] = {
    FLAT_ROW(1, U32, 0, enrolment_request, role),
    FLAT_ROW(2, BYTES, UNIT_TEXT_MAX, enrolment_request, unit),
    FLAT_ROW(3, BYTES, WIRE_NAME_MAX, enrolment_request, name),
    FLAT_ROW(4, U32, 0, enrolment_request, unit_type),
    FLAT_ROW(5, EXACTLY, CURVE_KEY_SIZE, enrolment_request, curve_key),
    FLAT_ROW(6, EXACTLY, SIGNING_KEY_SIZE, enrolment_request, signing_key),
};

static const struct wire_flat_row welcome_rows[] = {
    FLAT_ROW(1, BYTES, WIRE_ADDRESS_MAX, enrolment_welcome, address),
    FLAT_ROW(2, BYTES, UNIT_TEXT_MAX, enrolment_welcome, unit),
    FLAT_ROW(3, BYTES, WIRE_NAME_MAX, enrolment_welcome, name),
    FLAT_ROW(4, BYTES, WIRE_NAME_MAX, enrolment_welcome, city_name),
    FLAT_ROW(5, BYTES, UNIT_TEXT_MAX, enrolment_welcome, city_unit),
    FLAT_ROW(6, EXACTLY, WIRE_LOG_ID_SIZE, enrolment_welcome, log_id),
    FLAT_ROW(7, U32, 0, enrolment_welcome, role),
    FLAT_ROW(8, U32, 0, enrolment_welcome, epoch),
    FLAT_ROW(9, EXACTLY, KEY_ID_SIZE, enrolment_welcome, key_id),
    FLAT_ROW(10, EXACTLY, CURVE_KEY_SIZE, enrolment_welcome, broker_curve_key),
    FLAT_ROW(11, EXACTLY, SIGNING_KEY_SIZE, enrolment_welcome, broker_signing_key),
};

static void statement_make(const char *title, struct bytes body, struct buffer *out)
{
    buffer_add_text(out, title);
    buffer_add_text(out, "\n");
    buffer_add(out, body);
}

static enum err seal(const char *title, struct bytes body, struct signer *signer,
                     struct buffer *out)
{
    CLEANUP(buffer_release) struct buffer statement = {0};
    CLEANUP(buffer_release) struct buffer file = {0};
    CLEANUP(buffer_release) struct buffer armour = {0};
    uint8_t signature[SIGN_SIGNATURE_SIZE];
    statement_make(title, body, &statement);
    TRY(signer_sign(signer, buffer_bytes(&statement), signature));
    struct signed_file parts = {body, bytes_of(signature, sizeof(signature))};
    wire_flat_encode(FLAT_TABLE(signed_file_rows), &parts, &file);
    base64_encode(buffer_bytes(&file), &armour);
    buffer_add_format(out, "%s\n", title);
    for (size_t i = 0; i < armour.size; i += ARMOUR_COLUMNS) {
        size_t left = armour.size - i;
        buffer_add(out, bytes_of(armour.data + i, left < ARMOUR_COLUMNS ? left : ARMOUR_COLUMNS));
        buffer_add_text(out, "\n");
    }
    buffer_add_format(out, "%s\n", end_line);
    return OK;
}

static enum err refuse(struct problem *problem, enum err err, const char *title, const char *what,
                       const char *remedy)
{
    problem_set(problem, "%s: %s", title, what);
    problem_remedy(problem, "%s", remedy);
    return err;
}

/* The next line without its line break and blanks around it; false at the end. */
static bool take_line(struct bytes *text, struct bytes *line)
{
    if (text->size == 0)
        return false;
    const uint8_t *newline = memchr(text->data, '\n', text->size);
    size_t size = newline ? (size_t)(newline - text->data) : text->size;
    *line = bytes_trim(bytes_of(text->data, size));
    size += newline != NULL;
    *text = bytes_of(text->data + size, text->size - size);
    return true;
}

/* Blank lines before the title and after END do no harm; anything else is another file. */
static enum err unwrap(const char *title, struct bytes text, struct buffer *file,
                       struct problem *problem)
{
    CLEANUP(buffer_release) struct buffer armour = {0};
    struct bytes line = BYTES_NONE;
    bool has_title = false, has_end = false;
    if (text.size >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0) /* an editor's mark */
        text = bytes_of(text.data + 3, text.size - 3);
    while (take_line(&text, &line)) {
        if (line.size == 0)
            continue;
        if (!has_title && !bytes_equal_text(line, title))
            break;
        if (!has_title)
            has_title = true;
        else if (has_end)
            return refuse(problem, ERR_MALFORMED, title, "there is more after its end",
                          "ask for the file once more");
        else if (bytes_equal_text(line, end_line))
            has_end = true;
        else
            buffer_add(&armour, line);
    }
    if (!has_title)
        return refuse(problem, ERR_MALFORMED, title, "this is another file",
                      "its first line says what a file is; look for the one with this line");
    if (!has_end || base64_decode(buffer_bytes(&armour), file) != OK)
        return refuse(problem, ERR_MALFORMED, title, "cut off or changed on its way",
                      "ask for the file once more, as an attachment");
    return OK;
}

/* The body, in the arena. The signature is checked later, when the key in the body is known. */
static enum err open_file(const char *title, struct bytes text, struct arena *arena,
                          struct signed_file *out, struct problem *problem)
{
    CLEANUP(buffer_release) struct buffer file = {0};
    if (text.size > FILE_SIZE_MAX)
        return refuse(problem, ERR_LIMIT, title, "too large", "is it the right file?");
    TRY(unwrap(title, text, &file, problem));
    struct bytes kept = arena_copy(arena, buffer_bytes(&file));
    if (!kept.data)
        return refuse(problem, ERR_LIMIT, title, "no memory is left for it", "try again");
    if (wire_flat_decode(FLAT_TABLE(signed_file_rows), kept, out, sizeof(*out)) != OK)
        return refuse(problem, ERR_MALFORMED, title, "cut off or changed on its way",
                      "ask for the file once more, as an attachment");
    return OK;
}

static enum err verify(const char *title, const struct signed_file *file, struct bytes key,
                       struct problem *problem)
{
    CLEANUP(buffer_release) struct buffer statement = {0};
    CLEANUP(verifier_close) struct verifier *verifier = NULL;
    statement_make(title, file->body, &statement);
    if (key.size != SIGN_KEY_SIZE || verifier_open(key.data, &verifier) != OK ||
        !verifier_accepts(verifier, buffer_bytes(&statement), file->signature))
        return refuse(problem, ERR_DENIED, title, "its signature does not fit",
                      "it was changed on its way; ask for the file once more");
    return OK;
}

static bool are_texts(const struct bytes *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!bytes_are_utf8(texts[i]))
            return false;
    }
    return true;
}

/* Agents and inspectors speak for a unit; displays and auditors have none. */
static bool role_and_unit_fit(uint32_t role, struct bytes unit)
{
    if (role == PEER_AGENT || role == PEER_INSPECTOR)
        return unit_is_valid(unit);
    return (role == PEER_DISPLAY || role == PEER_AUDITOR) && unit.size == 0;
}

static bool request_is_good(const struct enrolment_request *request)
{
    const struct bytes texts[] = {request->unit, request->name};
    return role_and_unit_fit(request->role, request->unit) &&
           request->curve_key.size == CURVE_KEY_SIZE &&
           request->signing_key.size == SIGNING_KEY_SIZE && are_texts(texts, ARRAY_LENGTH(texts));
}

static bool welcome_is_good(const struct enrolment_welcome *welcome)
{
    const struct bytes texts[] = {welcome->address, welcome->name, welcome->city_name};
    return role_and_unit_fit(welcome->role, welcome->unit) && unit_is_valid(welcome->city_unit) &&
           welcome->address.size > 0 && welcome->log_id.size == WIRE_LOG_ID_SIZE &&
           welcome->key_id.size == KEY_ID_SIZE &&
           welcome->broker_curve_key.size == CURVE_KEY_SIZE &&
           are_texts(texts, ARRAY_LENGTH(texts));
}

enum err wire_request_seal(const struct enrolment_request *request, struct signer *signer,
                           struct buffer *out)
{
    CLEANUP(buffer_release) struct buffer body = {0};
    wire_flat_encode(FLAT_TABLE(request_rows), request, &body);
    return seal(request_title, buffer_bytes(&body), signer, out);
}

enum err wire_request_open(struct bytes text, struct arena *arena, struct enrolment_request *out,
                           struct problem *problem)
{
    struct signed_file file;
    struct enrolment_request request;
    TRY(open_file(request_title, text, arena, &file, problem));
    if (wire_flat_decode(FLAT_TABLE(request_rows), file.body, &request, sizeof(request)) != OK ||
        !request_is_good(&request))
        return refuse(problem, ERR_MALFORMED, request_title, "a field breaks its form",
                      "make the request once more, with a program of this version");
    TRY(verify(request_title, &file, request.signing_key, problem));
    request.signature = file.signature;
    *out = request;
    return OK;
}

enum err wire_welcome_seal(const struct enrolment_welcome *welcome, struct signer *signer,
                           struct buffer *out)
{
    CLEANUP(buffer_release) struct buffer body = {0};
    wire_flat_encode(FLAT_TABLE(welcome_rows), welcome, &body);
    return seal(welcome_title, buffer_bytes(&body), signer, out);
}

enum err wire_welcome_open(struct bytes text, struct arena *arena, struct enrolment_welcome *out,
                           struct problem *problem)
{
    struct signed_file file;
    struct enrolment_welcome welcome;
    TRY(open_file(welcome_title, text, arena, &file, problem));
    if (wire_flat_decode(FLAT_TABLE(welcome_rows), file.body, &welcome, sizeof(welcome)) != OK ||
        !welcome_is_good(&welcome))
        return refuse(problem, ERR_MALFORMED, welcome_title, "a field breaks its form",
                      "make the welcome once more, with a program of this version");
    TRY(verify(welcome_title, &file, welcome.broker_signing_key, problem));
    welcome.signature = file.signature;
    *out = welcome;
    return OK;
}

void wire_key_id(struct bytes curve_key, struct bytes signing_key, uint8_t out[KEY_ID_SIZE])
{
    const struct bytes parts[] = {curve_key, signing_key};
    struct hash hash = hash_of_parts(parts, ARRAY_LENGTH(parts));
    memcpy(out, hash.bytes, KEY_ID_SIZE);
}
