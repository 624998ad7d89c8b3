"""The database server as an operator sees it: migrations, versions, backups."""
