"""Where a build's reports are written."""

from localbuild.cli.process.paths import real_path
from localbuild.cli.records.folders import REPORTS, RecordFolder
from localbuild.cli.settings import Settings
from localbuild.errors import HostResourceError
from localbuild.logs.report_files import ReportFilesSink


def open_reports(settings: Settings, record: RecordFolder) -> ReportFilesSink:
    """The sink of the reports' files. Raises HostResourceError where they have no place.

    A folder that the user names is meant as it is now: links in it are followed here, and never
    again. Its files are as the user's umask has them, unlike the record's.
    """
    if settings.reports is None:
        return ReportFilesSink(record.path / REPORTS)
    folder = real_path(settings.reports)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise HostResourceError(
            f"cannot write reports to {settings.reports}: {reason}", hints=("--reports DIR",)
        ) from None
    return ReportFilesSink(folder, private=False)
