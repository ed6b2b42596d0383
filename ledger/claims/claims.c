/* claims.c - from mentions of one firm to a claim: who, when, with what, and what was decided. */
#include "ledger/claims/claims.h"

#include <stdlib.h>

#include "ledger/claims/claims_book.h"

enum { VIEW_BYTES = 4 << 20 }; /* one project */

static const struct {
    const char *id, *name;
} matches[CLAIM_MATCHES] = {
    [CLAIM_SAME_CREDIT_CODE] = {"SAME_CREDIT_CODE", "统一社会信用代码相同"},
    [CLAIM_SAME_PROJECT_CODE] = {"SAME_PROJECT_CODE", "项目代码相同"},
    [CLAIM_SAME_NAME] = {"SAME_NAME", "企业名称相同"},
    [CLAIM_LINKED] = {"LINKED", "经别名或信用代码关联"},
    [CLAIM_LIKELY] = {"LIKELY", "投资方相近、产业相同、金额相差20%以内"},
};

const char *claim_match_id(enum claim_match match)
{
    return matches[match].id;
}

const char *claim_match_name(enum claim_match match)
{
    return matches[match].name;
}

/* A mention in its group; sorted twice, by subject and by position. */
struct member {
    uint32_t root, mention;
};

struct assembly {
    struct claim_book book;
    struct buffer members;  /* struct member, of one root side by side */
    struct buffer matches;  /* uint8_t a mention: at its root, the strongest match of two units */
    struct buffer codes;    /* uint8_t a mention: at its root, how many credit codes, at most 2 */
    uint32_t *unit_stamps;  /* the last group, from 1, that met the unit */
    uint32_t *unit_indexes; /* and where it stands there */
    struct arena scratch;
    struct claims *out;
};

static struct mention *mention_at(const struct assembly *assembly, uint32_t index)
{
    return &BOOK_ITEMS(struct mention, assembly->book.mentions)[index];
}

/* ---- how they met ---- */

static enum claim_match match_of_key(struct bytes key)
{
    return key.data[0] == KEY_CREDIT_CODE    ? CLAIM_SAME_CREDIT_CODE
           : key.data[0] == KEY_PROJECT_CODE ? CLAIM_SAME_PROJECT_CODE
                                             : CLAIM_SAME_NAME;
}

/* For each run of one key: do two claiming units share it? */
static void weigh_keys(struct assembly *assembly)
{
    const struct claim_book *book = &assembly->book;
    size_t mentions = BOOK_COUNT(struct mention, book->mentions);
    memset(buffer_extend(&assembly->matches, mentions), CLAIM_LINKED, mentions);
    memset(buffer_extend(&assembly->codes, mentions), 0, mentions);
    const struct mention_key *keys = BOOK_ITEMS(const struct mention_key, book->keys);
    size_t count = BOOK_COUNT(struct mention_key, book->keys);
    for (size_t start = 0, end = 0; start < count; start = end) {
        end = claim_book_run(book, &book->keys, start);
        int32_t unit = -1;
        bool several = false, stands = false;
        for (size_t i = start; i < end; i++) {
            const struct mention *mention = mention_at(assembly, keys[i].mention);
            stands = stands || !mention->event.replaced;
            if (!mention->claims || mention->event.replaced)
                continue;
            several = several || (unit >= 0 && unit != mention->event.unit);
            unit = mention->event.unit;
        }
        uint32_t root = mention_root(book, keys[start].mention);
        enum claim_match match = match_of_key(claim_book_key(book, &keys[start]));
        if (several && match < assembly->matches.data[root])
            assembly->matches.data[root] = (uint8_t)match;
        if (stands && match == CLAIM_SAME_CREDIT_CODE && assembly->codes.data[root] < 2)
            assembly->codes.data[root]++;
    }
}

/* ---- who still claims ---- */

static int compare_subjects(const void *left, const void *right, void *context)
{
    const struct assembly *assembly = context;
    const struct member *a = left, *b = right;
    const struct claim_event *x = &mention_at(assembly, a->mention)->event;
    const struct claim_event *y = &mention_at(assembly, b->mention)->event;
    if (a->root != b->root)
        return a->root < b->root ? -1 : 1;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    if (x->subject != y->subject)
        return x->subject < y->subject ? -1 : 1;
    return x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : 0;
}

static int compare_positions(const void *left, const void *right, void *context)
{
    const struct assembly *assembly = context;
    const struct member *a = left, *b = right;
    const struct claim_event *x = &mention_at(assembly, a->mention)->event;
    const struct claim_event *y = &mention_at(assembly, b->mention)->event;
    if (a->root != b->root)
        return a->root < b->root ? -1 : 1;
    if (x->position != y->position)
        return x->position < y->position ? -1 : 1;
    return (a->mention > b->mention) - (a->mention < b->mention);
}

/*
 * What was corrected counts while an assertion of the same kind about the same subject still names
 * the firm: then the first report is the old one. Otherwise the firm was a mistake.
 */
static void drop_mistakes(struct assembly *assembly)
{
    struct member *members = BOOK_ITEMS(struct member, assembly->members);
    size_t count = BOOK_COUNT(struct member, assembly->members), kept = 0;
    for (size_t start = 0, end = 0; start < count; start = end) {
        bool stands = false;
        for (end = start; end < count; end++) {
            if (compare_subjects(&members[start], &members[end], assembly) != 0)
                break;
            stands = stands || !mention_at(assembly, members[end].mention)->event.replaced;
        }
        for (size_t i = start; i < end && stands; i++)
            members[kept++] = members[i];
    }
    assembly->members.size = kept * sizeof(*members);
}

static void gather_members(struct assembly *assembly)
{
    const struct claim_book *book = &assembly->book;
    for (uint32_t i = 0; i < BOOK_COUNT(struct mention, book->mentions); i++) {
        struct member member = {mention_root(book, i), i};
        buffer_add(&assembly->members, bytes_of(&member, sizeof(member)));
    }
    if (assembly->members.size == 0)
        return;
    qsort_r(assembly->members.data, BOOK_COUNT(struct member, assembly->members),
            sizeof(struct member), compare_subjects, assembly);
    drop_mistakes(assembly);
    qsort_r(assembly->members.data, BOOK_COUNT(struct member, assembly->members),
            sizeof(struct member), compare_positions, assembly);
}

/* ---- one claim ---- */

struct group {
    struct assembly *assembly;
    const struct member *members;
    size_t count;
    uint32_t stamp;
    struct claim *claim;
};

static void count_unit(struct group *group, const struct claim_event *event)
{
    struct assembly *assembly = group->assembly;
    struct claim *claim = group->claim;
    if (assembly->unit_stamps[event->unit] != group->stamp) {
        assembly->unit_stamps[event->unit] = group->stamp;
        assembly->unit_indexes[event->unit] = UINT32_MAX;
        if (claim->unit_count == CLAIM_UNITS_MAX) {
            claim->units_left_out++;
        } else {
            assembly->unit_indexes[event->unit] = (uint32_t)claim->unit_count;
            claim->units[claim->unit_count++] =
                (struct claim_unit){.unit = event->unit, .first = *event, .subject = SIZE_MAX};
        }
    }
    uint32_t index = assembly->unit_indexes[event->unit];
    if (index == UINT32_MAX)
        return;
    struct claim_unit *unit = &claim->units[index];
    unit->events++;
    if (unit->subject == SIZE_MAX)
        unit->subject = event->subject;
    if (event->agent_clock_ms > 0 &&
        (unit->first_clock_ms == 0 || event->agent_clock_ms < unit->first_clock_ms))
        unit->first_clock_ms = event->agent_clock_ms;
}

/* By their own clocks: the earliest, the log's order among equals. */
static void name_first(struct claim *claim)
{
    const struct claim_unit *first = NULL;
    for (size_t i = 0; i < claim->unit_count; i++) {
        const struct claim_unit *unit = &claim->units[i];
        claim->clocks_missing = claim->clocks_missing || unit->first_clock_ms == 0;
        if (unit->first_clock_ms > 0 && (!first || unit->first_clock_ms < first->first_clock_ms))
            first = unit;
    }
    claim->first_by_log = claim->units[0].unit;
    claim->first_by_clock = first ? first->unit : claim->first_by_log;
    claim->orders_differ = claim->first_by_clock != claim->first_by_log;
}

static void take_verdict(struct claim *claim, const struct claim_verdict *verdict)
{
    if (verdict->position > claim->verdict.position)
        claim->verdict = *verdict;
}

static int compare_verdicts(const void *left, const void *right)
{
    const struct project_verdict *a = left, *b = right;
    if (a->subject != b->subject)
        return a->subject < b->subject ? -1 : 1;
    return (a->verdict.position > b->verdict.position) -
           (a->verdict.position < b->verdict.position);
}

/* Sorted by subject and position: the last of the subject's. */
static void look_up_verdict(const struct claim_book *book, size_t subject, struct claim *claim)
{
    const struct project_verdict *rows = BOOK_ITEMS(const struct project_verdict, book->verdicts);
    size_t low = 0, high = BOOK_COUNT(struct project_verdict, book->verdicts);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rows[middle].subject <= subject)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0 && rows[low - 1].subject == subject)
        take_verdict(claim, &rows[low - 1].verdict);
}

static void add_member(struct group *group, const struct mention *mention)
{
    struct claim *claim = group->claim;
    take_verdict(claim, &mention->verdict);
    if (!mention->claims)
        return;
    claim->same_project = claim->same_project || mention->alike;
    if (claim->firm.size == 0)
        claim->firm = mention->event.firm;
    if (claim->credit_code.size == 0)
        claim->credit_code = mention->code;
    if (claim->event_count > 0 &&
        claim->events[claim->event_count - 1].position == mention->event.position)
        return; /* one event that names the firm twice */
    count_unit(group, &mention->event);
    if (mention->event.subject != SIZE_MAX)
        look_up_verdict(&group->assembly->book, mention->event.subject, claim);
    if (claim->event_count < CLAIM_EVENTS_MAX)
        claim->events[claim->event_count++] = mention->event;
    else
        claim->events_left_out++;
}

static void add_stages(struct assembly *assembly, struct claim *claim)
{
    for (size_t i = 0; i < claim->unit_count; i++) {
        struct claim_unit *unit = &claim->units[i];
        struct project_view project;
        arena_reset(&assembly->scratch);
        if (unit->subject != SIZE_MAX &&
            project_view_make(assembly->book.ledger, unit->subject, assembly->book.view,
                              &assembly->scratch, &project))
            unit->stage = project_stage(&project);
    }
}

/* Two units at least make a claim. */
static bool is_claim(const struct group *group)
{
    int32_t unit = -1;
    for (size_t i = 0; i < group->count; i++) {
        const struct mention *mention = mention_at(group->assembly, group->members[i].mention);
        if (mention->claims && unit >= 0 && unit != mention->event.unit)
            return true;
        if (mention->claims)
            unit = mention->event.unit;
    }
    return false;
}

static enum claim_match group_match(const struct group *group)
{
    const struct assembly *assembly = group->assembly;
    enum claim_match match = assembly->matches.data[group->members[0].root];
    for (size_t i = 0; i < group->count && match == CLAIM_LINKED; i++) {
        if (mention_at(assembly, group->members[i].mention)->linked_by_likeness)
            match = CLAIM_LIKELY;
    }
    return match;
}

/* False: the arena is too small. */
static bool make_claim(struct group *group, struct arena *arena)
{
    struct assembly *assembly = group->assembly;
    struct claim *claim = &assembly->out->claims[assembly->out->claim_count];
    size_t units = group->count < CLAIM_UNITS_MAX ? group->count : CLAIM_UNITS_MAX;
    size_t events = group->count < CLAIM_EVENTS_MAX ? group->count : CLAIM_EVENTS_MAX;
    *claim = (struct claim){.match = group_match(group),
                            .units = arena_alloc(arena, units * sizeof(*claim->units)),
                            .events = arena_alloc(arena, events * sizeof(*claim->events))};
    if (!claim->units || !claim->events)
        return false;
    group->claim = claim;
    for (size_t i = 0; i < group->count; i++)
        add_member(group, mention_at(assembly, group->members[i].mention));
    claim->codes_differ = assembly->codes.data[group->members[0].root] > 1;
    name_first(claim);
    add_stages(assembly, claim);
    assembly->out->claim_count++;
    return true;
}

static int compare_claims(const void *left, const void *right)
{
    const struct claim *a = left, *b = right;
    uint64_t x = a->events[0].position, y = b->events[0].position;
    return x != y ? (x > y) - (x < y) : bytes_compare(a->firm, b->firm);
}

static void make_claims(struct assembly *assembly)
{
    const struct member *members = BOOK_ITEMS(const struct member, assembly->members);
    size_t count = BOOK_COUNT(struct member, assembly->members);
    uint32_t stamp = 0;
    for (size_t start = 0, end = 0; start < count; start = end) {
        for (end = start; end < count && members[end].root == members[start].root; end++)
            continue;
        struct group group = {assembly, members + start, end - start, ++stamp, NULL};
        if (!is_claim(&group))
            continue;
        if (assembly->out->claim_count == CLAIMS_MAX)
            assembly->out->claims_left_out++;
        else if (!make_claim(&group, assembly->book.arena))
            assembly->out->incomplete = true;
    }
    qsort(assembly->out->claims, assembly->out->claim_count, sizeof(struct claim), compare_claims);
}

static void assembly_release_cleanup(struct assembly *assembly)
{
    buffer_release(&assembly->book.mentions);
    buffer_release(&assembly->book.keys);
    buffer_release(&assembly->book.likeness);
    buffer_release(&assembly->book.places);
    buffer_release(&assembly->book.texts);
    buffer_release(&assembly->book.trips);
    buffer_release(&assembly->book.verdicts);
    buffer_release(&assembly->members);
    buffer_release(&assembly->matches);
    buffer_release(&assembly->codes);
    arena_release(&assembly->scratch);
    free(assembly->unit_stamps);
    free(assembly->unit_indexes);
}

void claims_make(const struct ledger *ledger, const struct view *view, struct arena *arena,
                 struct claims *out)
{
    *out = (struct claims){0};
    CLEANUP(assembly_release)
    struct assembly assembly = {.book = {.ledger = ledger, .view = view, .arena = arena},
                                .out = out};
    arena_init(&assembly.scratch, VIEW_BYTES);
    assembly.unit_stamps = calloc(LEDGER_UNITS_MAX + 1, sizeof(uint32_t));
    assembly.unit_indexes = calloc(LEDGER_UNITS_MAX + 1, sizeof(uint32_t));
    if (!assembly.unit_stamps || !assembly.unit_indexes)
        abort();
    claim_book_read(&assembly.book);
    claim_book_match(&assembly.book);
    struct buffer *verdicts = &assembly.book.verdicts;
    if (verdicts->size > 0)
        qsort(verdicts->data, BOOK_COUNT(struct project_verdict, *verdicts),
              sizeof(struct project_verdict), compare_verdicts);
    weigh_keys(&assembly);
    gather_members(&assembly);
    size_t room = BOOK_COUNT(struct member, assembly.members) / 2;
    room = room < CLAIMS_MAX ? room : CLAIMS_MAX;
    out->claims = arena_alloc(arena, room * sizeof(*out->claims));
    if (!out->claims) {
        out->incomplete = true;
        return;
    }
    make_claims(&assembly);
    trip_clashes_make(&assembly.book, out);
}
