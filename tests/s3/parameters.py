"""Parameters and secrets on the suite's mock of Amazon's services."""

from typing import Any

from tests.s3.servers import Server

REGION = "us-east-1"


def client(server: Server, service: str) -> Any:
    """A client of one of the server's services."""
    import boto3

    return boto3.client(service, endpoint_url=server.endpoint_url, region_name=REGION)


def put_parameter(server: Server, name: str, value: str) -> None:
    """An encrypted parameter; another version of it where it is there already."""
    ssm = client(server, "ssm")
    ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
    ssm.close()


def put_secret(server: Server, name: str, text: str) -> tuple[str, str]:
    """A secret, or another version of it: its ARN and the version's id."""
    manager = client(server, "secretsmanager")
    try:
        made = manager.create_secret(Name=name, SecretString=text)
    except manager.exceptions.ResourceExistsException:
        made = manager.put_secret_value(SecretId=name, SecretString=text)
    manager.close()
    return str(made["ARN"]), str(made["VersionId"])
