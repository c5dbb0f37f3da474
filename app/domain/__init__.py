"""The ground floor: pure rules of the trade. Knows no web, no database, no files and reads no clock."""
