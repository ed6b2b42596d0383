/* grants.c - see grants.h. */
#include "display/grants.h"

#include <stdlib.h>

#include "base/day.h"

enum { FIELDS = 7 };

struct grant {
    struct visitor visitor;
    int64_t created_ms;
    struct hash token, session; /* session: zero until the token's first use */
};

struct grants {
    struct grant *rows;
    size_t count;
};

static const char head[] = "huoshui-grants 1\n";
static const char *const scope_names[] = {"nothing", "wall", "office", "unit"};

const char *grant_scope_text(enum grant_scope scope)
{
    return scope_names[scope];
}

bool grant_scope_of(struct bytes text, enum grant_scope *out)
{
    for (size_t i = GRANT_WALL; i < ARRAY_LENGTH(scope_names); i++)
        if (bytes_equal_text(text, scope_names[i])) {
            *out = (enum grant_scope)i;
            return true;
        }
    return false;
}

struct grants *grants_new(void)
{
    struct grants *grants = calloc(1, sizeof(*grants));
    if (!grants)
        abort();
    return grants;
}

void grants_free(struct grants *grants)
{
    if (grants)
        free(grants->rows);
    free(grants);
}

static struct grant *add_row(struct grants *grants)
{
    struct grant *rows = realloc(grants->rows, (grants->count + 1) * sizeof(*rows));
    if (!rows)
        abort();
    grants->rows = rows;
    rows[grants->count] = (struct grant){0};
    return &rows[grants->count++];
}

static void remove_row(struct grants *grants, size_t at)
{
    grants->rows[at] = grants->rows[--grants->count];
}

static struct bytes take_until(struct bytes *rest, char mark)
{
    const uint8_t *end = rest->size > 0 ? memchr(rest->data, mark, rest->size) : NULL;
    size_t size = end ? (size_t)(end - rest->data) : rest->size;
    size_t step = end ? size + 1 : size;
    struct bytes word = bytes_of(rest->data, size);
    *rest = bytes_of(rest->data + step, rest->size - step);
    return word;
}

static bool is_unit_text(struct bytes text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!(text.data[i] >= '0' && text.data[i] <= '9') && text.data[i] != '-' &&
            !(text.data[i] >= 'a' && text.data[i] <= 'z'))
            return false;
    return text.size >= 1 && text.size <= GRANT_UNIT_TEXT_MAX && text.data[0] != '-';
}

static bool is_name(struct bytes name)
{
    for (size_t i = 0; i < name.size; i++)
        if (name.data[i] < ' ')
            return false;
    return name.size >= 1 && name.size <= GRANT_NAME_MAX && bytes_are_utf8(name);
}

static bool read_units(struct bytes text, struct visitor *out)
{
    if (bytes_equal_text(text, "-"))
        return out->scope != GRANT_UNIT;
    while (text.size > 0) {
        struct bytes unit = take_until(&text, ',');
        if (out->unit_count == GRANT_UNITS_MAX || !is_unit_text(unit))
            return false;
        bytes_to_text(unit, out->units[out->unit_count++], sizeof(out->units[0]));
    }
    return out->scope == GRANT_UNIT && out->unit_count > 0;
}

static bool read_time(struct bytes text, int64_t *out)
{
    uint64_t value;
    if (u64_parse(text, INT64_MAX, &value) != OK)
        return false;
    *out = (int64_t)value;
    return true;
}

static bool read_hash(struct bytes text, struct hash *out)
{
    CLEANUP(buffer_release) struct buffer raw = {0};
    if (text.size != (size_t)2 * HASH_SIZE || hex_decode(text, &raw) != OK)
        return false;
    memcpy(out->bytes, raw.data, HASH_SIZE);
    return !hash_is_zero(out);
}

static bool read_grant(struct bytes line, struct grant *out)
{
    struct bytes fields[FIELDS];
    for (size_t i = 0; i < FIELDS; i++) {
        if (line.size == 0)
            return false;
        fields[i] = take_until(&line, '\t');
    }
    if (line.size > 0 || !is_name(fields[0]) || !grant_scope_of(fields[1], &out->visitor.scope))
        return false;
    bytes_to_text(fields[0], out->visitor.name, sizeof(out->visitor.name));
    return read_units(fields[2], &out->visitor) && read_time(fields[3], &out->created_ms) &&
           read_time(fields[4], &out->visitor.expires_ms) && out->visitor.expires_ms > 0 &&
           read_hash(fields[5], &out->token) &&
           (bytes_equal_text(fields[6], "-") || read_hash(fields[6], &out->session));
}

/* A session begun here that the file does not know of: a command read the file before we wrote. */
static void keep_sessions(struct grants *now, const struct grants *before)
{
    for (size_t i = 0; i < now->count; i++)
        for (size_t j = 0; j < before->count && hash_is_zero(&now->rows[i].session); j++)
            if (hash_equal(&now->rows[i].token, &before->rows[j].token))
                now->rows[i].session = before->rows[j].session;
}

static enum err refuse_line(size_t number, const char *text, struct problem *problem)
{
    problem_set(problem, "the file of grants, line %zu: %s", number, text);
    problem_remedy(problem, "put a copy of it back, or remove it and grant anew");
    return ERR_MALFORMED;
}

static enum err read_rows(struct grants *now, struct bytes file, struct problem *problem)
{
    if (file.size > 0 && file.data[file.size - 1] != '\n')
        return refuse_line(1, "its end is missing", problem);
    if (file.size > 0) {
        size_t size = strlen(head);
        if (file.size < size || memcmp(file.data, head, size) != 0)
            return refuse_line(1, "this is no file of grants", problem);
        file = bytes_of(file.data + size, file.size - size);
    }
    for (size_t number = 2; file.size > 0; number++) {
        if (now->count == GRANTS_MAX)
            return refuse_line(number, "too many grants", problem);
        if (!read_grant(take_until(&file, '\n'), add_row(now)))
            return refuse_line(number, "not as it was written", problem);
    }
    return OK;
}

enum err grants_read(struct grants *grants, struct bytes file, struct problem *problem)
{
    struct grants now = {0};
    enum err err = read_rows(&now, file, problem);
    if (err != OK) {
        free(now.rows);
        return err;
    }
    keep_sessions(&now, grants);
    free(grants->rows);
    *grants = now;
    return OK;
}

static void write_hash(const struct hash *hash, struct buffer *out)
{
    if (hash_is_zero(hash))
        buffer_add_text(out, "-");
    else
        hex_encode(hash_bytes(hash), out);
}

static void write_units(const struct visitor *visitor, struct buffer *out)
{
    for (size_t i = 0; i < visitor->unit_count; i++)
        buffer_add_format(out, "%s%s", i > 0 ? "," : "", visitor->units[i]);
    if (visitor->unit_count == 0)
        buffer_add_text(out, "-");
}

void grants_write(const struct grants *grants, struct buffer *out)
{
    buffer_add_text(out, head);
    for (size_t i = 0; i < grants->count; i++) {
        const struct grant *grant = &grants->rows[i];
        buffer_add_format(out, "%s\t%s\t", grant->visitor.name,
                          grant_scope_text(grant->visitor.scope));
        write_units(&grant->visitor, out);
        buffer_add_format(out, "\t%lld\t%lld\t", (long long)grant->created_ms,
                          (long long)grant->visitor.expires_ms);
        write_hash(&grant->token, out);
        buffer_add_text(out, "\t");
        write_hash(&grant->session, out);
        buffer_add_text(out, "\n");
    }
}

static bool is_good(const struct grant *grant, int64_t now_ms)
{
    return grant->visitor.expires_ms > now_ms;
}

static enum err check_visitor(const struct visitor *visitor, int64_t now_ms,
                              struct problem *problem)
{
    const int64_t longest_ms = (int64_t)GRANT_HOURS_MAX * 3600 * 1000;
    bool is_unit = visitor->scope == GRANT_UNIT;
    if (!is_name(bytes_of_text(visitor->name)) || strpbrk(visitor->name, "\t\r\n")) {
        problem_set(problem, "this cannot be a grant's name");
        problem_remedy(problem, "give 1 to %d bytes of text on one line", GRANT_NAME_MAX);
        return ERR_MALFORMED;
    }
    if (visitor->scope == GRANT_NOTHING || is_unit != (visitor->unit_count > 0)) {
        problem_set(problem, "scope and units do not go together");
        problem_remedy(problem, "give --units with --scope unit, and only with it");
        return ERR_MALFORMED;
    }
    for (size_t i = 0; i < visitor->unit_count; i++)
        if (!is_unit_text(bytes_of_text(visitor->units[i]))) {
            problem_set(problem, "a unit's code is expected, not \"%s\"", visitor->units[i]);
            problem_remedy(problem, "give codes: --units 341502,341503");
            return ERR_MALFORMED;
        }
    if (visitor->expires_ms <= now_ms || visitor->expires_ms - now_ms > longest_ms) {
        problem_set(problem, "a grant ends, and in the future");
        problem_remedy(problem, "give 1 to %d hours", GRANT_HOURS_MAX);
        return ERR_MALFORMED;
    }
    return OK;
}

enum err grants_add(struct grants *grants, const struct visitor *visitor, const char *token_text,
                    int64_t now_ms, struct problem *problem)
{
    enum err err = check_visitor(visitor, now_ms, problem);
    if (err != OK)
        return err;
    for (size_t i = grants->count; i > 0; i--) {
        if (!is_good(&grants->rows[i - 1], now_ms)) {
            remove_row(grants, i - 1);
        } else if (strcmp(grants->rows[i - 1].visitor.name, visitor->name) == 0) {
            problem_set(problem, "\"%s\" has a grant that is still good", visitor->name);
            problem_remedy(problem, "revoke it, or take another name");
            return ERR_BUSY;
        }
    }
    if (grants->count == GRANTS_MAX) {
        problem_set(problem, "there are %d grants, the most there may be", GRANTS_MAX);
        problem_remedy(problem, "revoke those that nobody needs");
        return ERR_LIMIT;
    }
    struct grant *grant = add_row(grants);
    grant->visitor = *visitor;
    grant->created_ms = now_ms;
    grant->token = hash_of(bytes_of_text(token_text));
    return OK;
}

enum err grants_revoke(struct grants *grants, const char *name)
{
    size_t before = grants->count;
    for (size_t i = before; i > 0; i--)
        if (strcmp(grants->rows[i - 1].visitor.name, name) == 0)
            remove_row(grants, i - 1);
    return grants->count < before ? OK : ERR_NOT_FOUND;
}

void grants_list(const struct grants *grants, int64_t now_ms, struct buffer *out)
{
    char until[INSTANT_TEXT_SIZE];
    for (size_t i = 0; i < grants->count; i++) {
        const struct grant *grant = &grants->rows[i];
        buffer_add_format(out, "%s  %s  ", grant->visitor.name,
                          grant_scope_text(grant->visitor.scope));
        write_units(&grant->visitor, out);
        buffer_add_format(out, "  until %s  %s\n", instant_text(grant->visitor.expires_ms, until),
                          !is_good(grant, now_ms)         ? "over"
                          : hash_is_zero(&grant->session) ? "not used yet"
                                                          : "in use");
    }
}

/* Every row is looked at, found or not: how long it takes says nothing. */
static struct grant *find(const struct grants *grants, const struct hash *hash, bool by_session)
{
    struct grant *found = NULL;
    for (size_t i = 0; i < grants->count; i++) {
        struct grant *grant = &grants->rows[i];
        if (hash_equal(by_session ? &grant->session : &grant->token, hash))
            found = grant;
    }
    return found;
}

enum err grants_exchange(struct grants *grants, struct bytes token, const char *session_text,
                         int64_t now_ms)
{
    struct hash hash = hash_of(token);
    struct grant *grant = find(grants, &hash, false);
    if (!grant || !is_good(grant, now_ms) || !hash_is_zero(&grant->session))
        return ERR_DENIED;
    grant->session = hash_of(bytes_of_text(session_text));
    return OK;
}

void grants_take_back(struct grants *grants, const char *session_text)
{
    struct hash hash = hash_of(bytes_of_text(session_text));
    struct grant *grant = find(grants, &hash, true);
    if (grant)
        grant->session = (struct hash){0};
}

void grants_visitor(const struct grants *grants, struct bytes session, bool is_loopback,
                    int64_t now_ms, struct visitor *out)
{
    struct hash hash = hash_of(session);
    const struct grant *grant = session.size > 0 ? find(grants, &hash, true) : NULL;
    if (grant && is_good(grant, now_ms))
        *out = grant->visitor;
    else
        *out = (struct visitor){.scope = is_loopback ? GRANT_WALL : GRANT_NOTHING};
}

bool visitor_sees_unit(const struct visitor *visitor, struct bytes unit)
{
    if (visitor->scope != GRANT_UNIT)
        return visitor->scope != GRANT_NOTHING;
    for (size_t i = 0; i < visitor->unit_count; i++)
        if (bytes_equal_text(unit, visitor->units[i]))
            return true;
    return false;
}
