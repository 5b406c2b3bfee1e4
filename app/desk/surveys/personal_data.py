"""What this area keeps of an employee: ratings with their comments."""

from typing import Any

from app.desk.surveys.models import SurveyResponse
from app.platform.kernel.personal_data import Person


async def erase(person: Person) -> dict[str, int]:
    """Comments lose the person's words; the scores stay."""
    comment = person.without(SurveyResponse.comment)
    return {"survey_response": await person.change(SurveyResponse, person.of_reporter(SurveyResponse), comment=comment)}


async def tell(person: Person) -> dict[str, list[dict[str, Any]]]:
    """The ratings."""
    columns = (SurveyResponse.answered_at, SurveyResponse.score, SurveyResponse.comment)
    where = person.of_reporter(SurveyResponse)
    return {"ratings": await person.rows(*columns, where=where, order=SurveyResponse.answered_at)}
