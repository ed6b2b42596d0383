/* bench_city.c - see bench_city.h. */
#include "bench_city.h"

#include "bench_broker.h"

enum {
    GROUP = 256, /* they stay in the cache, as decoded ones would */
    UNITS = 12,
    EVENTS_OF_PROJECT = 120,
    EVENTS_OF_TURN = 3,
    TEXT_SIZE = 96,
};
#define FIRST_MS 1000000000000LL

struct draft { /* an event and the texts it points to */
    struct record record;
    struct event event;
    uint8_t id[EVENT_ID_SIZE];
    char unit[UNIT_TEXT_MAX + 1], subject[SUBJECT_TEXT_MAX + 1], texts[6][TEXT_SIZE];
    struct bytes firms[2];
};

static struct bytes text_of(struct draft *draft, int slot, const char *head, uint64_t number,
                            const char *tail)
{
    (void)snprintf(draft->texts[slot], TEXT_SIZE, "%s%06u%s", head, (unsigned)number, tail);
    return bytes_of_text(draft->texts[slot]);
}

static void fill_contact(struct draft *draft, struct random *random)
{
    struct contact_fact *contact = &draft->event.contact;
    contact->contact = CONTACT_TRIP;
    contact->state = CONTACT_STATE_DONE;
    contact->leader_level = LEADER_LEVEL_COUNTY_LEADER;
    contact->leader = text_of(draft, 0, "县领导", random_below(random, 300), "");
    contact->from = contact->to = draft->event.envelope.occurred_on;
    contact->half_days = 4;
    contact->destination = text_of(draft, 1, "浙江省杭州市第", random_below(random, 400), "区");
    draft->firms[0] = text_of(draft, 2, "杭州第", random_below(random, 20000), "电子有限公司");
    draft->firms[1] = text_of(draft, 3, "宁波第", random_below(random, 20000), "机械有限公司");
    contact->firms = (struct texts){draft->firms, 2};
    contact->people = 4;
    contact->conclusion = bytes_of_text("双方就用地、用能和设备进场时间交换了意见,约定下月复谈");
}

static void fill_project(struct draft *draft, struct random *random, uint64_t number)
{
    struct project_fact *project = &draft->event.project;
    project->action = PROJECT_ACTION_REGISTERED;
    project->name = text_of(draft, 0, "年产", number, "万套汽车零部件项目");
    project->investor =
        text_of(draft, 1, "浙江第", random_below(random, 50000), "科技股份有限公司");
    project->credit_code = text_of(draft, 2, "91330100MA2", random_below(random, 50000), "X");
    project->industry = text_of(draft, 3, "产业", random_below(random, 40), "");
    project->park = text_of(draft, 4, "第", random_below(random, 60), "园区");
    project->origin = ORIGIN_OUT_OF_PROVINCE;
    project->planned_total = (struct money){.value = 120000000, .has_value = true};
    project->planned_fixed = (struct money){.value = 80000000, .has_value = true};
}

static void fill_rest(struct draft *draft, struct random *random, uint64_t number)
{
    struct event *event = &draft->event;
    struct bytes words = bytes_of_text("土建已完成七成,设备正在招标,供电线路待供电公司批复");
    uint32_t kind = event->envelope.kind;
    if (kind == EVENT_NOTE) {
        event->note.text = words;
    } else if (kind == EVENT_DOCUMENT) {
        event->document.document = DOCUMENT_SUPPLEMENT;
        event->document.number = text_of(draft, 0, "协议〔", number, "〕号");
        event->document.amount = (struct money){.value = (int64_t)number, .has_value = true};
    } else if (kind == EVENT_OBSTACLE) {
        event->obstacle.action = OBSTACLE_ACTION_RAISED;
        event->obstacle.obstacle_id = text_of(draft, 0, "问题", number / 4, "");
        event->obstacle.obstacle = OBSTACLE_LAND;
        event->obstacle.description = words;
        event->obstacle.owner = text_of(draft, 1, "部门", random_below(random, 80), "");
        event->obstacle.due = event->envelope.occurred_on + 30;
    } else if (kind == EVENT_PLAN) {
        event->plan.plan = PLAN_MONTH;
        event->plan.from = event->envelope.occurred_on;
        event->plan.to = event->envelope.occurred_on + 30;
        event->plan.text = words;
    } else {
        event->milestone.milestone = 1 + (int32_t)random_below(random, MILESTONE_TRANSFERRED);
    }
}

static uint32_t kind_of_percent(uint64_t percent)
{
    static const struct {
        uint64_t below;
        enum event_kind kind;
    } mix[] = {{20, EVENT_FUNDS},    {45, EVENT_NOTE}, {65, EVENT_CONTACT}, {73, EVENT_DOCUMENT},
               {83, EVENT_OBSTACLE}, {93, EVENT_PLAN}, {94, EVENT_PROJECT}};
    for (size_t i = 0; i < ARRAY_LENGTH(mix); i++) {
        if (percent < mix[i].below)
            return mix[i].kind;
    }
    return EVENT_MILESTONE;
}

static void fill(struct draft *draft, struct bench_city *city, uint64_t position)
{
    struct random *random = &city->random;
    if (position % EVENTS_OF_TURN == 1) /* a row of a sheet, a visit: some things of one project */
        city->project = random_below(random, city->projects);
    uint64_t project = city->project;
    struct event *event = &draft->event;
    *event = (struct event){0};
    (void)snprintf(draft->unit, sizeof draft->unit, "3415%02u", (unsigned)(project % UNITS + 1));
    (void)snprintf(draft->subject, sizeof draft->subject, "%s/%s-%05u", draft->unit, draft->unit,
                   (unsigned)project);
    for (size_t i = 0; i < EVENT_ID_SIZE; i += 8) {
        uint64_t word = random_next(random);
        memcpy(draft->id + i, &word, 8);
    }
    draft->record = (struct record){.kind = RECORD_EVENT,
                                    .position = position,
                                    .recorded_at_ms = FIRST_MS + (int64_t)position * 130000,
                                    .unit = bytes_of_text(draft->unit)};
    event->envelope = (struct envelope){
        .kind = kind_of_percent(random_below(random, 100)),
        .event_id = bytes_of(draft->id, EVENT_ID_SIZE),
        .subject = bytes_of_text(draft->subject),
        .occurred_on = day_of_instant(draft->record.recorded_at_ms) - 2,
        .body = BODY_INVESTMENT_BUREAU,
        .agent_clock_ms = draft->record.recorded_at_ms - 60000,
    };
    if (event->envelope.kind == EVENT_FUNDS)
        event->funds =
            (struct funds_fact){.amount = {.value = (int64_t)position * 1000, .has_value = true},
                                .origin = ORIGIN_OUT_OF_PROVINCE,
                                .basis = FUNDS_BASIS_CUMULATIVE,
                                .period_to = event->envelope.occurred_on};
    else if (event->envelope.kind == EVENT_CONTACT)
        fill_contact(draft, random);
    else if (event->envelope.kind == EVENT_PROJECT)
        fill_project(draft, random, position);
    else
        fill_rest(draft, random, position);
}

void bench_city_init(struct bench_city *city, uint64_t events)
{
    *city = (struct bench_city){.projects = events / EVENTS_OF_PROJECT + 1};
    random_init(&city->random, 1);
}

uint64_t bench_city_fold(struct bench_city *city, struct ledger *ledger, uint64_t count)
{
    static struct draft drafts[GROUP];
    uint64_t spent_ns = 0;
    for (uint64_t done = 0; done < count;) {
        size_t size = 0;
        for (; size < GROUP && done < count; size++, done++)
            fill(&drafts[size], city, ++city->position);
        uint64_t began_ns = now_ns();
        for (size_t i = 0; i < size; i++) {
            struct ledger_input input = {.record = &drafts[i].record, .event = &drafts[i].event};
            if (ledger_apply(ledger, &input) != OK)
                bench_die("the ledger refused an event");
        }
        spent_ns += now_ns() - began_ns;
    }
    return spent_ns;
}
