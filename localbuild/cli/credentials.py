"""`--aws-credentials`: whose credentials a build gets, and by which way."""

from localbuild.cli.call import Call
from localbuild.cli.settings import Settings
from localbuild.ports.credentials import Credentials


def open_credentials(call: Call, settings: Settings) -> Credentials | None:
    """The way that was asked for, None where the build is to have none. Nobody is asked yet.

    With `-v` one line says whose they are, for which AWS is asked.
    """
    way = settings.aws_credentials
    if way == "none":
        return None
    from localbuild.secrets.aws_clients import AwsSettings
    from localbuild.secrets.chain import Chain
    from localbuild.secrets.own import EndpointCredentials, EnvironmentCredentials, Giver

    chain = Chain(
        AwsSettings(
            profile=settings.profile, region=settings.region, endpoint_url=settings.endpoint_url
        )
    )
    tell = call.voice.detail if call.voice.verbose else None
    giver = Giver(chain=chain, mask=call.world.mask, tell=tell)
    if way == "env":
        return EnvironmentCredentials(giver)
    return EndpointCredentials(giver)
