"""Fresh statistics after a bulk load.

The database checks a foreign key by a plan that it keeps for as long as the connection lives. Made while a table was
empty, the plan reads the tenant's whole index for every row until the table is next analysed: ten thousand devices then
take half a minute instead of a few seconds. Only an owner may analyse, so the application is given this one door to it.
"""

TABLES = ("site", "department", "employee", "reporter", "device", "device_change")
"""What an import fills."""

_FUNCTION = "FUNCTION refresh_statistics()"
_BODY = f"$$ BEGIN ANALYZE {', '.join(TABLES)}; END $$"
CREATE = (
    f"CREATE {_FUNCTION} RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS {_BODY}",
    f"REVOKE ALL ON {_FUNCTION} FROM PUBLIC",
    f"GRANT EXECUTE ON {_FUNCTION} TO yinghuo_app",
)
DROP = f"DROP {_FUNCTION}"
