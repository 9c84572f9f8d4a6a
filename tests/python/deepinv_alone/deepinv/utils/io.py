class DownloadError(Exception):
    """What deepinv raises where weights cannot be fetched."""
