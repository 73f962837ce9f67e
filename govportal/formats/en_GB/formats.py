"""How Django admin writes days and times: as the portal does, 19 March 2026, 14:02 UTC."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i T"
TIME_FORMAT = "H:i T"
