/* intake.c - see intake.h. */
#include "agent/intake.h"

/* Chinese first; the field's name stays as it stands in the line. */
static enum err explain(enum err err, struct problem *problem)
{
    const char *kind = err == ERR_LIMIT ? "超过限度" : "内容有误";
    problem_set(problem, "%s：%s", kind, problem->text);
    return err;
}

/* "0001" of 341502 is 341502/0001 (contract 1.2). */
static enum err complete_subject(const struct intake *intake, struct envelope *envelope,
                                 struct arena *arena, struct problem *problem)
{
    struct bytes subject = envelope->subject;
    if (subject.size == 0 || subject.size > SUBJECT_TEXT_MAX ||
        memchr(subject.data, '/', subject.size))
        return OK;
    struct bytes unit = envelope->about_unit.size > 0 ? envelope->about_unit : intake->unit;
    size_t size = unit.size + 1 + subject.size;
    uint8_t *text = arena_alloc(arena, size);
    if (!text) {
        problem_set(problem, "subject: no memory left for this line");
        return ERR_LIMIT;
    }
    memcpy(text, unit.data, unit.size);
    text[unit.size] = '/';
    memcpy(text + unit.size + 1, subject.data, subject.size);
    envelope->subject = bytes_of(text, size);
    return OK;
}

enum err intake_line(const struct intake *intake, struct bytes line, struct arena *arena,
                     struct event *event, struct buffer *out, struct problem *problem)
{
    struct event taken = {0};
    if (line.size > INTAKE_LINE_SIZE_MAX) {
        problem_set(problem, "a line of %zu bytes, at most %d", line.size, INTAKE_LINE_SIZE_MAX);
        problem_remedy(problem, "one JSON object a line; say it in several events");
        return explain(ERR_LIMIT, problem);
    }
    enum err err = json_event_parse(line, arena, &taken, problem);
    if (err == OK)
        err = complete_subject(intake, &taken.envelope, arena, problem);
    taken.envelope.algorithm = SIGN_ED25519_SHA256;
    taken.envelope.agent_clock_ms = intake->clock_ms;
    if (err == OK)
        err = event_check(&taken, problem);
    if (err == OK)
        err = wire_event_seal(intake->unit, &taken, out, problem);
    if (err != OK)
        return explain(err, problem);
    *event = taken;
    return OK;
}

bool intake_next_line(struct bytes *text, struct bytes *line)
{
    if (text->size == 0)
        return false;
    const uint8_t *end = memchr(text->data, '\n', text->size);
    size_t size = end ? (size_t)(end - text->data) : text->size;
    size_t step = end ? size + 1 : size;
    *line = bytes_of(text->data, size);
    *text = bytes_of(text->data + step, text->size - step);
    if (line->size >= 3 && memcmp(line->data, "\xef\xbb\xbf", 3) == 0)
        *line = bytes_of(line->data + 3, line->size - 3);
    if (line->size > 0 && line->data[line->size - 1] == '\r')
        line->size--;
    return true;
}
