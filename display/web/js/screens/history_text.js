// One event of a history in words, for a reader who was not there. Pure: from the event's JSON to a line of text.
import { t } from "../i18n.js";
import { count, wan } from "../format.js";

const word = (kind, id) => (id ? t(`${kind}.${id}`) : "");
const join = (...parts) => parts.filter(Boolean).join(" · ");
const list = (names) => (names?.length ? names.join(t("comma")) : "");
const until = (day) => (day ? t("history.due", day) : "");

/** Money as it was written, else its number. */
export function moneyText(amount) {
  if (!amount) return "";
  if (amount.text) return amount.text;
  return typeof amount.yuan === "number" ? t("history.wan", wan(amount.yuan)) : "";
}

const TEXTS = {
  PROJECT: (f) =>
    join(
      word("project_action", f.action),
      f.investor,
      f.industry,
      f.park,
      f.planned_total && t("history.total", moneyText(f.planned_total)),
    ),
  DOCUMENT: (f) => join(word("document", f.document), f.number, f.title, moneyText(f.amount)),
  MILESTONE: (f) => join(word("milestone", f.milestone) + (f.partial ? t("line.partial") : ""), f.local_label, f.reason),
  FUNDS: (f) =>
    join(
      `${word("funds", f.funds || "RECEIVED")} ${word("funds_basis", f.basis)} ${moneyText(f.amount)}`,
      word("origin", f.origin),
      f.fund_name,
    ),
  OBSTACLE: (f) =>
    join(`${word("obstacle", f.obstacle)} ${word("obstacle_action", f.action)}`.trim(), f.description, f.solution, f.owner, until(f.due)),
  CONTACT: (f) =>
    join(
      `${word("contact", f.contact)} ${word("contact_state", f.state)}`.trim(),
      word("leader_level", f.leader_level),
      f.destination,
      list(f.firms),
      f.conclusion,
    ),
  ASSIGNMENT: (f) => join(word("role", f.role), f.name ?? t("people.hidden"), f.to && t("history.until", f.to)),
  TARGET: (f) => join(f.metric, moneyText(f.base_amount) || (f.base_count ? count(f.base_count) : ""), f.document),
  LIST: (f) => join(f.list, word("list_action", f.action), f.basis, f.reason),
  CORRECTION: (f) => join(word("correction_action", f.action), f.reason, f.person),
  VERIFICATION: (f) =>
    join(word("milestone", f.milestone), word("verification", f.result), f.verified_day, moneyText(f.verified_amount), f.finding),
  NOTE: (f) => join(f.topic, f.text, f.next_action && t("history.next", f.next_action)),
  COMMITMENT: (f) => join(word("commitment_action", f.action), f.promise, moneyText(f.amount), until(f.due)),
  APPROVAL: (f) => join(f.step, word("approval_result", f.result), f.by, f.number),
  LAND: (f) => join(word("land", f.land), f.parcel_id, f.area_mu_tenths && t("history.mu", count(f.area_mu_tenths / 10))),
  SUPERVISION: (f) => join(word("supervision", f.step), f.to, f.reason, until(f.due), f.outcome),
  FAIR: (f) => join(f.fair, f.place),
  LEADER_ACTION: (f) => join(word("leader_action", f.action), f.leader, f.conclusion),
  PLAN: (f) =>
    join(word("plan", f.plan), f.text, moneyText(f.amount), f.metric && word("milestone", f.metric), f.to && t("history.until", f.to)),
  LEAD: (f) => join(f.investor, word("lead_step", f.step), f.outline, moneyText(f.total)),
  INVESTOR: (f) => join(f.name, f.place),
  INSTRUCTION: (f) => join(word("instruction_action", f.action), f.leader, f.text, f.to, until(f.due)),
  DEFINITION: (f) => join(word("definition", f.definition), f.name, f.version),
  VERDICT: (f) => join(f.matter, f.winner_unit, f.reason),
};

/** {kind, text}: what the event says. What this page does not know keeps its kind and says so. */
export function eventText(event) {
  const kind = event.kind && TEXTS[event.kind] ? event.kind : null;
  if (!kind) return { kind: event.kind ?? t("history.unknown"), text: t("history.unread") };
  const fact = event[kind.toLowerCase()] ?? {};
  return { kind: t(`kind.${kind}`), text: event.content ?? TEXTS[kind](fact) };
}
