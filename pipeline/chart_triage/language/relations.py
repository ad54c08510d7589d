"""How mentions bear on each other: groups on their members, syndromes on broader concepts, questions on diseases."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chart_triage.records.guideline import Guideline
from chart_triage.records.mention import Mention, Status


class Relations:
    """The relations between the concepts of one guideline, as `guideline.yaml` names them."""

    def __init__(self, guideline: Guideline) -> None:
        self.groups = {f"@{name}": group.members for name, group in guideline.groups.items()}
        self._parents = {key: spec.is_a for key, spec in guideline.concepts.items()}
        self._presupposing = {key: spec.presupposes for key, spec in guideline.concepts.items() if spec.presupposes}
        self._doubting = {key: spec.doubts for key, spec in guideline.concepts.items() if spec.doubts}
        self._sure_facets = {key: spec.sure_facets for key, spec in guideline.concepts.items()}

    def apply(self, mentions: list[Mention], statement_at: Callable[[int], int]) -> list[Mention]:
        """The mentions with what follows from them; `statement_at` gives the index of the statement at an offset."""
        single = self._by_group(mentions)
        sure = self._presupposed(single, statement_at)
        return self._with_parents(self._doubted(sure, statement_at))

    def _by_group(self, mentions: list[Mention]) -> list[Mention]:
        """A negated group ("no implanted devices") counts against each member; an affirmed one says nothing of them."""
        result = []
        for mention in mentions:
            members = self.groups.get(mention.concept)
            if members is None:
                result.append(mention)
            elif mention.status is Status.ABSENT:
                told = mention.reason.startswith(("negated", "answered"))
                reason = (
                    f"the whole group is {mention.reason}" if told else f"said of the whole group: {mention.reason}"
                )
                result += [mention.model_copy(update={"concept": m, "group": True, "reason": reason}) for m in members]
        return result

    def _presupposed(self, mentions: list[Mention], index: Callable[[int], int]) -> list[Mention]:
        """ "Recurrent glioblastoma versus necrosis?": the doubt is about the question, the tumour is known."""
        asked = (Status.PRESENT, Status.ABSENT)
        questions = [m for m in mentions if m.status in asked and m.concept in self._presupposing]
        if not questions:
            return mentions
        taken = {(concept, index(q.start)): q for q in questions for concept in self._presupposing[q.concept]}
        result = []
        for mention in mentions:
            question = taken.get((mention.concept, index(mention.start)))
            doubt = question is not None and question.status is Status.PRESENT and mention.status is Status.UNCERTAIN
            both = question is not None and question.status is mention.status is Status.ABSENT  # "no recurrent glioma"
            if question is not None and (doubt or both):
                reason = f"taken for granted by '{' '.join(question.text.split())}'"
                mention = mention.model_copy(update={"status": Status.PRESENT, "reason": reason})
            result.append(mention)
        return result

    def _doubted(self, mentions: list[Mention], index: Callable[[int], int]) -> list[Mention]:
        """ "Glioma or abscess?": a differential that names the tumour as one of several leaves the tumour in doubt."""
        spans = {
            (concept, index(m.start)): m
            for m in mentions
            for concept in self._doubting.get(m.concept, ())
            if m.status is Status.PRESENT and m.facet not in self._sure_facets.get(m.concept, ())
        }
        result = []
        for mention in mentions:
            question = spans.get((mention.concept, index(mention.start)))
            inside = question is not None and question.start < mention.end and mention.start < question.end
            if question is not None and inside and mention.status is Status.PRESENT and not mention.cues:
                reason = f"one side of the question '{' '.join(question.text.split())}'"
                mention = mention.model_copy(update={"status": Status.UNCERTAIN, "reason": reason})
            result.append(mention)
        return result

    def _with_parents(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Each mention, and the same words again for every broader concept ("MELAS" is a mitochondrial disorder)."""
        result = []
        for mention in mentions:
            result.append(mention)
            # one syndrome excluded says little about the broader concept
            update = {"group": True} if mention.status is Status.ABSENT else {}
            result += [
                mention.model_copy(update={"concept": p, **update}) for p in self._parents.get(mention.concept, ())
            ]
        return result
