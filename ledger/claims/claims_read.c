/*
 * claims_read.c - reads the mentions of firms out of the ledger: each firm of each event is one,
 * with the keys it may be met by.
 */
#include "ledger/claims/claims_book.h"

#include "ledger/claims/names.h"
#include "ledger/view/city_rule.h"
#include "ledger/view/json_value.h"

enum { SCRATCH_BYTES = 1 << 20 }; /* one event with its evidence */

/* What is being read: an assertion, and what all its mentions share. */
struct reading {
    struct claim_book *book;
    const struct assertion *assertion;
    struct mention mention;
};

bool claim_book_is_city(const struct claim_book *book, uint16_t unit)
{
    return ledger_unit(book->ledger, unit)->type == UNIT_CITY;
}

static uint32_t add_mention(struct reading *reading, struct bytes firm)
{
    struct claim_book *book = reading->book;
    uint32_t index = (uint32_t)BOOK_COUNT(struct mention, book->mentions);
    struct mention mention = reading->mention;
    mention.event.firm = firm;
    mention.parent = index;
    buffer_add(&book->mentions, bytes_of(&mention, sizeof(mention)));
    return index;
}

static bool credit_code_form(struct bytes text, struct buffer *out)
{
    char code[CREDIT_CODE_SIZE];
    if (!credit_code_normalise(text, code))
        return false;
    buffer_add(out, bytes_of(code, sizeof(code)));
    return true;
}

static bool plain_form(struct bytes text, struct buffer *out)
{
    struct bytes trimmed = bytes_trim(text);
    buffer_add(out, trimmed);
    return trimmed.size > 4 && !memchr(trimmed.data, '*', trimmed.size);
}

/* False: the text has no form, and gives no key. */
static bool add_key(struct claim_book *book, struct buffer *keys, enum key_type type,
                    struct bytes text, uint32_t mention)
{
    static bool (*const normalisers[])(struct bytes,
                                       struct buffer *) = {[KEY_CREDIT_CODE] = credit_code_form,
                                                           [KEY_PROJECT_CODE] = plain_form,
                                                           [KEY_NAME] = name_normalise,
                                                           [KEY_LIKENESS] = name_normalise_coarse,
                                                           [KEY_PLACE] = place_normalise};
    struct mention_key key = {.offset = book->texts.size, .mention = mention};
    uint8_t first = (uint8_t)type;
    buffer_add(&book->texts, bytes_of(&first, 1));
    if (!normalisers[type](text, &book->texts)) {
        book->texts.size = key.offset;
        return false;
    }
    key.size = (uint32_t)(book->texts.size - key.offset);
    buffer_add(keys, bytes_of(&key, sizeof(key)));
    return true;
}

/* Like investor and same industry; the amount is compared later. */
static void add_likeness(struct claim_book *book, struct bytes firm, struct bytes industry,
                         uint32_t mention)
{
    if (BOOK_ITEMS(struct mention, book->mentions)[mention].amount_yuan <= 0 ||
        industry.size == 0 || !add_key(book, &book->likeness, KEY_LIKENESS, firm, mention))
        return;
    size_t last = BOOK_COUNT(struct mention_key, book->likeness) - 1;
    struct mention_key *key = &BOOK_ITEMS(struct mention_key, book->likeness)[last];
    buffer_add(&book->texts, bytes_of("", 1));
    if (!name_normalise(industry, &book->texts)) /* a word of two letters has no form */
        buffer_add(&book->texts, bytes_trim(industry));
    key->size = (uint32_t)(book->texts.size - key->offset);
}

struct party { /* as a project or a lead names it */
    struct bytes names, codes, industry, project_code;
    const struct money *amount;
};

/* One name and one code are one firm; of several it is not said which belongs to which. */
static void read_party(struct reading *reading, const struct party *party)
{
    struct claim_book *book = reading->book;
    struct bytes names[NAME_PARTS_MAX], codes[NAME_PARTS_MAX];
    size_t name_count = name_split(party->names, names);
    size_t code_count = name_split(party->codes, codes);
    bool is_one = name_count <= 1 && code_count <= 1;
    if (name_count + code_count == 0 && party->project_code.size == 0)
        return;
    const struct money *amount = party->amount;
    bool is_yuan = amount->currency[0] == '\0' || memcmp(amount->currency, "CNY", 3) == 0;
    reading->mention.amount_yuan = amount->has_value && is_yuan ? amount->value : 0;
    if (is_one) {
        reading->mention.code = code_count > 0 ? codes[0] : BYTES_NONE;
        uint32_t mention = add_mention(reading, name_count > 0 ? names[0] : BYTES_NONE);
        add_key(book, &book->keys, KEY_CREDIT_CODE, reading->mention.code, mention);
        add_key(book, &book->keys, KEY_PROJECT_CODE, party->project_code, mention);
        if (name_count > 0) {
            add_key(book, &book->keys, KEY_NAME, names[0], mention);
            add_likeness(book, names[0], party->industry, mention);
        }
        return;
    }
    for (size_t i = 0; i < name_count; i++)
        add_key(book, &book->keys, KEY_NAME, names[i], add_mention(reading, names[i]));
    for (size_t i = 0; i < code_count; i++) {
        reading->mention.code = codes[i];
        add_key(book, &book->keys, KEY_CREDIT_CODE, codes[i], add_mention(reading, BYTES_NONE));
    }
}

static void read_investor(struct reading *reading, const struct investor_fact *fact)
{
    struct claim_book *book = reading->book;
    reading->mention.code = fact->credit_code;
    uint32_t mention = add_mention(reading, fact->name);
    add_key(book, &book->keys, KEY_CREDIT_CODE, fact->credit_code, mention);
    add_key(book, &book->keys, KEY_NAME, fact->name, mention);
    for (size_t i = 0; i < fact->aliases.count; i++)
        add_key(book, &book->keys, KEY_NAME, fact->aliases.items[i], mention);
}

static void add_trip(struct reading *reading, int32_t from, int32_t to, struct bytes destination)
{
    struct claim_book *book = reading->book;
    const struct assertion *assertion = reading->assertion;
    uint32_t index = (uint32_t)BOOK_COUNT(struct planned_trip, book->trips);
    struct planned_trip trip = {.trip = {assertion->position, assertion->about, from, to},
                                .destination = destination};
    if (from == DAY_NONE)
        trip.trip.from = assertion->day;
    if (to == DAY_NONE || to < trip.trip.from)
        trip.trip.to = trip.trip.from;
    buffer_add(&book->trips, bytes_of(&trip, sizeof(trip)));
    struct bytes parts[NAME_PARTS_MAX];
    size_t count = name_split(destination, parts);
    for (size_t i = 0; i < count; i++)
        add_key(book, &book->places, KEY_PLACE, parts[i], index);
    reading->mention.trip = index + 1;
}

static void read_firms(struct reading *reading, const struct texts *firms)
{
    for (size_t i = 0; i < firms->count; i++) {
        uint32_t mention = add_mention(reading, firms->items[i]);
        add_key(reading->book, &reading->book->keys, KEY_NAME, firms->items[i], mention);
    }
}

static void read_contact(struct reading *reading, const struct contact_fact *fact)
{
    reading->mention.event.planned = fact->state == CONTACT_STATE_PLANNED;
    if (fact->state == CONTACT_STATE_PLANNED && !reading->mention.event.replaced &&
        reading->mention.claims)
        add_trip(reading, fact->from, fact->to, fact->destination);
    read_firms(reading, &fact->firms);
}

static void read_plan(struct reading *reading, const struct plan_fact *fact)
{
    if (fact->plan != PLAN_TRIP)
        return;
    reading->mention.event.planned = true;
    if (!reading->mention.event.replaced && reading->mention.claims)
        add_trip(reading, fact->from, fact->to, fact->destination);
    read_firms(reading, &fact->firms);
}

/* "首报首谈：阳光电源" is about 阳光电源. */
static struct bytes matter_firm(struct bytes matter)
{
    for (size_t i = matter.size; i > 0; i--) {
        bool is_wide = i >= 3 && memcmp(matter.data + i - 3, "：", 3) == 0;
        if (matter.data[i - 1] == ':' || is_wide)
            return bytes_trim(bytes_of(matter.data + i, matter.size - i));
    }
    return matter;
}

static void read_verdict(struct reading *reading, const struct verdict_fact *fact)
{
    struct claim_book *book = reading->book;
    const struct assertion *assertion = reading->assertion;
    if (reading->mention.event.replaced ||
        (!claim_book_is_city(book, assertion->unit) &&
         !(book->has_arbiter && assertion->unit == book->arbiter)))
        return;
    struct project_verdict row = {.verdict = {assertion->position, assertion->day, assertion->unit,
                                              arena_copy(book->arena, fact->winner_unit),
                                              arena_copy(book->arena, fact->reason),
                                              arena_copy(book->arena, fact->person)}};
    for (size_t i = 0; i < fact->projects.count; i++) {
        if (ledger_find_subject(book->ledger, fact->projects.items[i], &row.subject))
            buffer_add(&book->verdicts, bytes_of(&row, sizeof(row)));
    }
    row.subject = reading->mention.event.subject;
    if (row.subject != SIZE_MAX)
        buffer_add(&book->verdicts, bytes_of(&row, sizeof(row)));
    reading->mention.claims = false;
    reading->mention.verdict = row.verdict;
    struct bytes firm = matter_firm(fact->matter);
    uint32_t mention = add_mention(reading, firm);
    if (!add_key(book, &book->keys, KEY_CREDIT_CODE, firm, mention))
        add_key(book, &book->keys, KEY_NAME, firm, mention);
}

/* A correction keeps the day of the first report, a withdrawal takes the report away. */
static bool was_withdrawn(const struct claim_book *book, const struct assertion *correction)
{
    struct ledger_fact fact;
    ledger_read(book->ledger, correction, NULL, &fact);
    return fact.event.correction.action == CORRECTION_ACTION_WITHDRAWN;
}

static bool is_of_use(uint8_t kind)
{
    return kind == EVENT_PROJECT || kind == EVENT_LEAD || kind == EVENT_INVESTOR ||
           kind == EVENT_CONTACT || kind == EVENT_PLAN || kind == EVENT_VERDICT;
}

static void read_fact(struct reading *reading, const struct event *event)
{
    const struct project_fact *project = &event->project;
    const struct lead_fact *lead = &event->lead;
    switch (reading->assertion->kind) {
    case EVENT_PROJECT:
        read_party(reading,
                   &(struct party){project->investor, project->credit_code, project->industry,
                                   project->project_code, &project->planned_total});
        break;
    case EVENT_LEAD:
        read_party(reading, &(struct party){lead->investor, lead->credit_code, lead->industry,
                                            BYTES_NONE, &lead->total});
        break;
    case EVENT_INVESTOR:
        read_investor(reading, &event->investor);
        break;
    case EVENT_CONTACT:
        read_contact(reading, &event->contact);
        break;
    case EVENT_PLAN:
        read_plan(reading, &event->plan);
        break;
    default:
        read_verdict(reading, &event->verdict);
    }
}

static void read_assertion(struct claim_book *book, const struct assertion *assertion,
                           size_t subject, struct arena *scratch)
{
    const struct view *view = book->view;
    if (!is_of_use(assertion->kind) || assertion->day > view->as_of ||
        (view->from != DAY_NONE && assertion->day < view->from))
        return;
    const struct assertion *correction = NULL;
    if (assertion->flags & ASSERTION_TARGETED)
        correction = ledger_correction_of(book->ledger, assertion, view->known_at);
    if (correction && was_withdrawn(book, correction))
        return;
    arena_reset(scratch);
    struct ledger_fact fact;
    ledger_read(book->ledger, assertion, scratch, &fact);
    struct reading reading = {
        .book = book,
        .assertion = assertion,
        .mention = {.event = {.position = assertion->position,
                              .recorded_at_ms = assertion->recorded_at_ms,
                              .agent_clock_ms = fact.event.envelope.agent_clock_ms,
                              .subject = subject,
                              .day = assertion->day,
                              .unit = assertion->about,
                              .kind = assertion->kind,
                              .replaced = correction != NULL},
                    .claims = !claim_book_is_city(book, assertion->about)}};
    read_fact(&reading, &fact.event);
}

static void find_arbiter(struct claim_book *book)
{
    CLEANUP(arena_release) struct arena scratch;
    arena_init(&scratch, SCRATCH_BYTES);
    struct city_rule rule = {0};
    struct rule_moment moment = {book->view->as_of, book->view->known_at};
    const struct json_value *value = NULL;
    struct problem problem = {0};
    if (!city_rule_find(book->ledger, DEFINITION_ARBITER, "first_report", moment, &scratch,
                        &rule) ||
        json_value_parse(rule.content, &scratch, &value, &problem) != OK ||
        value->type != JSON_OBJECT)
        return;
    const struct json_value *unit = json_value_member(value, "unit");
    book->has_arbiter = unit && unit->type == JSON_TEXT &&
                        ledger_find_unit(book->ledger, unit->text, &book->arbiter);
}

void claim_book_read(struct claim_book *book)
{
    CLEANUP(arena_release) struct arena scratch;
    arena_init(&scratch, SCRATCH_BYTES);
    find_arbiter(book);
    const struct assertion *assertion = NULL;
    for (size_t i = 0; i < ledger_subject_count(book->ledger); i++) {
        struct ledger_walk walk = ledger_walk_subject(book->ledger, i, book->view->known_at);
        walk.with_corrected = true;
        while ((assertion = ledger_next(&walk)))
            read_assertion(book, assertion, i, &scratch);
    }
    for (size_t i = 0; i < ledger_unit_count(book->ledger); i++) {
        struct ledger_walk walk = ledger_walk_unit(book->ledger, i, book->view->known_at);
        walk.with_corrected = true;
        while ((assertion = ledger_next(&walk)))
            read_assertion(book, assertion, SIZE_MAX, &scratch);
    }
}
