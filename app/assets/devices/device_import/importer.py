"""Makes device files of the rows of a list: the plan for a chunk of them, and its writing."""

from collections.abc import Sequence

from app.assets.clients import described_people, known_records
from app.assets.devices.device_import.drafts import DeviceDraft
from app.assets.devices.device_import.plan import ImportPlan
from app.assets.devices.device_import.plan_writer import PlanWriter
from app.assets.devices.device_import.queries import devices_by_number, recorded_values
from app.assets.devices.holders import HolderService
from app.people.identity import SignInStore
from app.platform.imports.declaration import ImportedList
from app.platform.imports.people_changes import PeopleChanges
from app.platform.imports.reading.rows import ParsedRow
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork


class DeviceImporter:
    """The importer of one client's device list."""

    def __init__(self, the_list: ImportedList) -> None:
        if the_list.client_id is None:
            raise NotFound
        self._list = the_list
        self._client_id = the_list.client_id
        self._people = described_people(
            row.values.person for row in the_list.rows if isinstance(row.values, DeviceDraft)
        )

    async def plan(self, work: UnitOfWork, rows: Sequence[ParsedRow], *, lock: bool) -> ImportPlan:
        """What the rows do. Without `lock`, for people to see, with warnings of values that other devices have."""
        drafts = [row.values for row in rows if isinstance(row.values, DeviceDraft)]
        session = work.session
        stored = await devices_by_number(session, self._client_id, drafts, lock=lock)
        holders = {device.employee_id for device in stored.values() if device.employee_id is not None}
        plan = ImportPlan(
            work.new_id,
            await known_records(session, self._client_id, (draft.person for draft in drafts), holders),
            stored,
            self._people,
            await PeopleChanges.of(
                session, "device", [device.id for device in stored.values()], self._list.changes_since
            ),
            None if lock else await recorded_values(session, self._client_id, drafts, stored),
        )
        plan.add(rows)
        return plan

    async def write(self, work: UnitOfWork, plan: ImportPlan) -> None:
        """Write the plan in the name of whoever uploaded the list."""
        runtime = self._list.runtime
        sign_in = SignInStore(runtime.engine("signin"), runtime.clock, runtime.ids)
        await PlanWriter(work, HolderService(work, sign_in), self._client_id, self._list.uploaded_by).write(plan)
