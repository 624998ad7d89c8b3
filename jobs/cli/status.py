"""`status`: whether Northlight is healthy, and what it is doing."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from jobs.cli.context import Context, as_json, pass_context

if TYPE_CHECKING:
    from jobs.health import CollectionHealth


@click.command()
@as_json
@pass_context
def status(context: Context, json_wanted: bool) -> None:
    """Health, backlog and last runs. Exit code 1 when something needs you."""
    result = _result(context)
    if json_wanted:
        context.print_json(result)
    else:
        _print(result)
    if not result["healthy"]:
        raise SystemExit(1)


def _result(context: Context) -> dict[str, Any]:
    """What is known; an unreachable database is a finding, not a failure of the command."""
    from clients.errors import ClientError
    from queries.errors import QueryError

    result: dict[str, Any] = {"healthy": False, "database": {"reachable": False}, "problems": []}
    try:
        result["database"] = _database(context)
        hindrance = result["database"].pop("hindrance")
        result["problems"] = [hindrance] if hindrance else _pending_problems(result["database"])
        if not result["problems"]:
            result |= _inside(context)
    except (QueryError, ClientError) as error:
        result["problems"] = [str(error)]
    result["healthy"] = not result["problems"]
    return result


def _database(context: Context) -> dict[str, Any]:
    from queries.server.migrate import pending
    from queries.server.server import facts, warnings

    found = facts(context.bare_engine)
    return {
        "reachable": True,
        "postgresql": found.postgresql,
        "pgvector": found.pgvector,
        "pending": pending(context.bare_engine),
        "warnings": warnings(found),
        "hindrance": found.hindrance,
    }


def _pending_problems(database: dict[str, Any]) -> list[str]:
    pending = database["pending"]
    if not pending:
        return []
    return [f"Migrations to apply: {', '.join(pending)}. Run `./northlight db migrate`."]


def _inside(context: Context) -> dict[str, Any]:
    """The collections and the queue. Looks only: nothing is migrated or declared."""
    from jobs.health import collection_health, queue, shown
    from queries.gate import WORKER, Gate

    gate = Gate(context.bare_engine, WORKER)
    found, counted = queue(gate), collection_health(gate)
    return {
        "problems": _problems(counted, found.worker_alive, found.waiting),
        "collections": [asdict(one) for one in counted],
        "queue": {
            "waiting": found.waiting,
            "running": [shown(job) for job in found.running],
            "failed": [shown(job) for job in found.failed],
        },
        "worker": {"alive": found.worker_alive, "last_seen": found.worker_seen},
    }


def _problems(counted: "list[CollectionHealth]", alive: bool, waiting: int) -> list[str]:
    told = [f"{one.name}: {one.error}" for one in counted if one.error]
    if not alive:
        waits = f" and {waiting} jobs wait" if waiting else ""
        told.append(f"No worker runs{waits}. Start one: `./northlight worker`.")
    return told


def _print(result: dict[str, Any]) -> None:
    database = result["database"]
    if database["reachable"]:
        click.echo(
            f"PostgreSQL {database['postgresql']}, pgvector {database['pgvector'] or 'missing'}."
        )
        for warning in database["warnings"]:
            click.echo(f"Warning: {warning}")
    for one in result.get("collections", []):
        if one["error"] is None:
            click.echo(_collection_line(one))
    if "queue" in result:
        _print_queue(result)
    for problem in result["problems"]:
        click.echo(f"Problem: {problem}")
    click.echo("Healthy." if result["healthy"] else "Not healthy.")


def _collection_line(one: dict[str, Any]) -> str:
    mapped = f"mapped {one['last_run']:%Y-%m-%d %H:%M}" if one["last_run"] else "no map yet"
    parts = [f"{one['rows']:,} rows", f"{one['embedded']:,} embedded", mapped]
    if one["refused"]:
        parts.insert(2, f"{one['refused']:,} refused")
    if one["last_run"] and one["newer_than_map"]:
        parts.append(f"{one['newer_than_map']:,} newer than the map")
    return f"{one['name']}: {', '.join(parts)}"


def _print_queue(result: dict[str, Any]) -> None:
    queue = result["queue"]
    click.echo(f"Queue: {queue['waiting']} waiting, {len(queue['running'])} running.")
    for job in queue["running"]:
        click.echo(
            f"  job {job['id']}: {job['kind']} {job['collection']}, "
            f"{job['progress']:.0%} {job['step']}"
        )
    for job in queue["failed"]:
        click.echo(f"  failed: {job['kind']} {job['collection']}: {job['message']}")
    if result["worker"]["alive"]:
        click.echo(f"Worker: seen {result['worker']['last_seen']:%Y-%m-%d %H:%M:%S}.")
