"""What is promised, the tests that would fail without it, and the figures that tell of it.

In the text of a figure stand, in braces, what a script prints, by the names it prints it under; the
script is scripts/hard/NAME.py. Where it has no script, the figure is the test's own.
"""

from __future__ import annotations

from typing import NamedTuple


class Promise(NamedTuple):
    """A promise, its script, its tests, and how its newest figure is told."""

    says: str
    script: str
    tests: tuple[str, ...]
    told: str


FILE = (
    Promise(
        "Killed at any moment, no writer loses what it has acknowledged, or leaves something in part; the"
        " same command, run again, comes to the same end",
        "kill",
        ("scripts/test_hard.py",),
        "{kills} kills, {in the midst of a transaction} of them in the midst of a transaction,"
        " {kills of nights, both} + {kills of nights, the first} + {kills of nights, the second} of nights in two"
        " processes (both, the first, the second of them): {acknowledged events} events acknowledged,"
        " {lost} lost, {torn} torn",
    ),
    Promise(
        "Two triages and eight agents on one file, over its first start with a newer version: nobody fails"
        " for being locked, nothing happens twice, nothing is lost",
        "together",
        ("scripts/test_hard.py",),
        "60 s, {agents' commands} commands of agents, {triages} triages: {commands that failed for being locked}"
        " locked, {actions that happened twice} twice, {events lost} of {events acknowledged} events lost; agents"
        " waited {agents waited, p50, s} s at p50, {agents waited, p99, s} s at p99, {agents waited, longest, s} s"
        " at most",
    ),
    Promise(
        "Killed at any step of sending, no message goes out twice, and each is in one true state",
        "send",
        ("scripts/test_hard.py", "outbox/test_outbox_send.py"),
        "{kills} kills, {letters that the server took} letters taken: {sent twice} twice, {in a state that is not true}"
        " in a state that is not true, {acknowledged and lost} lost; {unknown in the end} unknown, for a person",
    ),
    Promise(
        "Eight people at browsers, and a triage after the other beside them: no page fails, no event is lost or told"
        " twice",
        "web",
        ("scripts/test_hard.py", "cli/test_web_pages.py"),
        "{pages} pages, {pages that failed} failed; {events recorded} events, {events lost} lost,"
        " {events told twice} told twice; a page took {a page, p50, s} s at p50, {a page, p95, s} s at p95",
    ),
    Promise(
        "A disk that is full, read-only, forbidden, or gone in the middle: exit 4, a sentence, a sound file",
        "disk",
        ("scripts/test_hard.py", "ticketfile/test_bad_files.py"),
        "{tried} tries, {ended with 4} failed so; {gone in the middle} nights lost their file, folder or disk:"
        " {changed by a failure} changed by a failure, {not sound} unsound, {lost} of {acknowledged} events lost",
    ),
    Promise(
        "`verify` finds every change of content, and names the first bad event",
        "damage",
        ("scripts/test_hard.py", "ticketfile/test_verify.py"),
        "{damaged files} files with a flipped bit or cut, {content changed} with another content: {found} found"
        " (`quick_check`: {SQLite's quick_check finds}, `integrity_check`: {SQLite's integrity_check finds});"
        " {about events, the file still one} were about events: {first bad event named} named",
    ),
    Promise(
        "`verify --expect` finds a tail cut off so that nothing is damaged",
        "damage",
        ("scripts/test_hard.py", "ticketfile/test_verify.py"),
        "{neat tails cut off} tails, {neat tails missed by --expect} missed",
    ),
    Promise(
        "A backup made while agents work is the file at one moment, and comes back so",
        "backup",
        ("scripts/test_hard.py", "ticketfile/test_backup.py"),
        "{equal to the file at their moment} of {backups} equal, {equal to their backup when restored} equal again"
        " when restored; {agents' commands meanwhile} commands beside them, {of them failed} failed",
    ),
    Promise(
        "A file of every schema opens, works on, and is kept as it was before it is brought up to date",
        "together",
        ("ticketfile/test_backup.py",),
        "`tests/data/ticketfiles`; ten first starts at once made {backups made by ten first starts} backup",
    ),
    Promise(
        "Who has a file open that is moved, deleted or replaced writes nothing more to it",
        "disk",
        ("ticketfile/test_writer_process.py", "ticketfile/test_backup.py"),
        "{gone in the middle} nights, {not sound} files unsound",
    ),
)

INPUT = (
    Promise(
        "No source of an import, no argument, setting, book or template leaves a traceback, half of something,"
        " or a fault without file and line",
        "imports",
        ("scripts/test_hard.py", "importing/test_giant_sources.py"),
        "{inputs} inputs, {sources refused, with file and line} sources refused with file and line:"
        " {tracebacks, halves, faults without a place} of these",
    ),
    Promise(
        "After each sync the open items are those of the ledger, to the cent; the same export again writes"
        " nothing, undo leaves the export as it was, and nothing that people did is lost",
        "ledgers",
        ("scripts/test_hard.py", "importing/test_sync.py"),
        "{nights} nights of {ledgers} ledgers, {differences raised} differences, {files refused} wrong files"
        " refused, {runs undone and done again} runs undone:"
        " {ledgers that differ by a cent, or lost something} ledgers differed",
    ),
    Promise(
        "Nothing in a ticket, a setting or an argument steers a terminal, through any command; JSON loses"
        " nothing of it",
        "terminal",
        ("scripts/test_hard.py", "cli/test_output_everywhere.py"),
        "{commands} commands, {characters printed} characters: {printouts that steer a terminal} printed any;"
        " {fields that JSON does not give back} of {fields of tickets with such text} fields lost",
    ),
    Promise(
        "Whatever the standard streams are, the exit code says what was committed",
        "streams",
        ("cli/test_streams.py",),
        "{commands with such streams} tries, {commands with such streams: wrong} with another code",
    ),
    Promise(
        "A broken book stops its own tickets only",
        "streams",
        ("cli/test_faulty_books.py",),
        "{commands beside a broken book} tries, {commands beside a broken book: wrong} wrong",
    ),
    Promise(
        "Of a customer who is forgotten nothing is left in the file, and all that remains is sound",
        "forget",
        ("scripts/test_hard.py", "importing/test_forget_customer.py"),
        "{histories} histories, {customers forgotten} customers forgotten,"
        " {words of theirs in the files before} words of theirs: {words left} left",
    ),
    Promise(
        "No cell of what `--csv` prints is a formula",
        "sheets",
        ("cli/test_spreadsheet.py",),
        "LibreOffice found {formulas} formulas in {lists} lists, each opened in 5 ways; with `--raw`"
        " {formulas in the raw lists}",
    ),
    Promise(
        "A user's template ends soon, and makes no more than a letter",
        "bounds",
        ("scripts/test_hard.py", "messages/test_sandbox_limits.py"),
        "{templates} templates, {of them stopped, with a sentence} of them stopped; the slowest took"
        " {templates: the slowest, s of the processor} s of the processor, the largest"
        " {templates: the largest, MiB} MiB",
    ),
    Promise(
        "`facts.sql` can only read, and ends",
        "bounds",
        ("scripts/test_hard.py", "ticketfile/test_facts_sql_guard.py"),
        "{of them refused} of {queries that would write, or read what they may not} queries refused;"
        " {queries that run away} that run away: {of them not stopped} not stopped, the slowest after"
        " {queries: the slowest, s of the processor} s",
    ),
    Promise(
        "Settings, books and templates that others can write are not followed, and nothing outside their folder"
        " is read",
        "bounds",
        ("scripts/test_hard.py", "system/test_permissions.py", "messages/test_messages.py"),
        "{files and folders that others can write} files and folders, {links that lead out of a folder} links:"
        " {of them followed} followed",
    ),
    Promise(
        "No field of a message adds a header or a recipient; each is exported once, for its owner only",
        "mail",
        ("scripts/test_hard.py", "outbox/test_outbox_export.py"),
        "{e-mails that a server took} e-mails read by Python's parser and sent through a server:"
        " {headers, recipients or texts that are not as written} with another header, recipient or text,"
        " {of them lost, changed, or sent to others} lost, {exported a second time} twice",
    ),
)

BOOKS = (
    Promise(
        "`book check` finds every fault of a book that changes a decision",
        "book_check",
        ("analysis/test_seeded_faults.py",),
        "{faults in all} faults: {change a decision, and are found} change a decision and are found,"
        " {change a decision, and are not found} are not found",
    ),
    Promise(
        "A book exported as DMN decides the same in another engine",
        "dmn",
        ("publish/test_dmn.py",),
        "{facts} facts asked of pyDMNrules, {other answers} other answers",
    ),
    Promise(
        "What `book prove` calls proven is broken by nothing that happens; a planted fault is told as a story that"
        " is played",
        "prove",
        ("analysis/test_book_prove.py",),
        "{properties of the five books} properties, {not proven} not proven, in"
        " {seconds of the processor} s; {tickets led by chance} tickets through 40 events each as"
        " chance has it: {properties broken by chance} broken; {planted faults} planted faults,"
        " {planted faults without a story} without a story",
    ),
    Promise(
        "A fault of the kind that is made in a hurry is told by a check, a test or an analysis",
        "planted_faults",
        ("scripts/test_hard.py", "analysis/test_seeded_faults.py"),
        "{faults} planted faults: with scenarios {with scenarios, not told} not told, without scenarios"
        " {without scenarios, told} told",
    ),
    Promise(
        "A night, a what-if and a replay over the parts of a file, by Spark on several processes, say line for"
        " line what the commands say of the whole; so does a task that was killed and done again",
        "spark",
        ("scripts/test_hard.py", "spark/test_part_work.py", "ticketfile/test_parts.py"),
        "{tickets} tickets in {parts} parts: {lines of a night} lines of a night, {lines of a night that differ}"
        " differ; {lines of a what-if} of a what-if, {lines of a what-if that differ} differ; {lines of a replay}"
        " of a replay, {lines of a replay that differ} differ; after a kill"
        " {lines that differ after a task was killed and done again} differ",
    ),
    Promise(
        "A pattern of a book ends, in being compiled as in being compared",
        "",
        ("system/test_regex_limit.py",),
        "half a second of the processor at most",
    ),
    Promise(
        "A fault in a book, a setting, a map or a scenario file is told at the line where its key stands",
        "",
        ("system/test_toml_positions.py",),
        "300 random documents, whose writer knows where it put each key; and every key of our own files",
    ),
)
