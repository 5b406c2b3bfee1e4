"""Whatever is killed while people report: nothing that was answered is lost, nothing is done twice, no log holds what
they wrote, and every part goes back to work by itself.

Each kind twice here, the second time after all others; `./run chaos` kills 200 and prints how long each part took.
"""

import json
import os
import sys
from collections import Counter, defaultdict
from statistics import median

import pytest

from tests.chaos.installation import WORDS, Installation, installation, until
from tests.chaos.kills import KILLS, LIMIT_SECONDS, Recovery, kill

KILLED = int(os.environ.get("YINGHUO_CHAOS_KILLS", "14"))
TIMEOUT_SECONDS = 60.0
"""On a machine that does other things too; `./run chaos` says how many took longer than they may."""
REPORTERS = 2


@pytest.mark.slow(90, "fourteen recoveries of the whole program, two of each kind")
async def test_nothing_is_lost_or_done_twice_whatever_is_killed(capsys: pytest.CaptureFixture[str]) -> None:
    kinds = list(KILLS)
    recoveries: list[Recovery] = []
    async with installation() as place:
        await place.works(TIMEOUT_SECONDS)
        async with place.reports(REPORTERS):
            for number in range(KILLED):
                recovery = await kill(place, kinds[number % len(kinds)], TIMEOUT_SECONDS)
                recoveries.append(recovery)

        async def settled() -> bool:
            return not await place.waiting()

        await until(settled, "everything that follows is done", TIMEOUT_SECONDS)
        await _nothing_lost_nothing_twice(place)
        said = [line for line in place.log_lines() if "unexpected error" in line]
        assert place.faults == [], "an outage was answered as a mistake: " + "\n".join(said[-3:])
        await place.stop()
        assert place.process.returncode == 0
        _no_content(place.log_lines(), [*WORDS, place.token, place.environment["YINGHUO_SECRET"]])
    with capsys.disabled():
        sys.stdout.write(figures(recoveries, len(place.answered)))


async def _nothing_lost_nothing_twice(place: Installation) -> None:
    tickets = await place.rows("SELECT id, subject, number FROM ticket")
    assert Counter(subject for _, subject, _ in tickets) == Counter(list(place.answered)), "lost or doubled"
    assert {subject: number for _, subject, number in tickets} == place.answered
    assert len({number for _, _, number in tickets}) == len(tickets)
    told = Counter(link for (link,) in await place.rows("SELECT link FROM notification"))
    counts = {sum(times for link, times in told.items() if str(ticket_id) in link) for ticket_id, _, _ in tickets}
    assert len(counts) == 1, f"some tickets were told more often than others: {counts}"
    assert counts != {0}, "nobody was told of anything"


def _no_content(lines: list[str], words: list[str]) -> None:
    for word in words:
        # JSON may write what is not ASCII as escapes.
        shapes = {word, json.dumps(word).strip('"')}
        assert not [line for line in lines if any(shape in line for shape in shapes)][:3], f"a log holds {word!r}"
    assert not [line for line in lines if "casbin" in line][:3], "the whole policy is no news"


def figures(recoveries: list[Recovery], reports: int) -> str:
    """The figures, a line for each kind."""
    by_kind: defaultdict[str, list[Recovery]] = defaultdict(list)
    for each in recoveries:
        by_kind[each.kind].append(each)
    lines = [f"\n{len(recoveries)} kills while {reports} faults were reported: none lost, none doubled"]
    for kind, found in by_kind.items():
        idle = [each.idle for each in found]
        late = sum(seconds > LIMIT_SECONDS for seconds in idle)
        lines.append(
            f"{kind:<12} {len(found):>4}   ran again after {median(each.gone for each in found):5.1f} s, everything"
            f" worked {median(idle):5.1f} s later (at most {max(idle):.1f} s; {late} beyond {LIMIT_SECONDS:.0f} s)"
        )
    return "\n".join(lines) + "\n"
