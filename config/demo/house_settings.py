"""The settings file of a house: every part in the house's own folder."""

ORDERS = """
[orders]
events_url = "{url}/events"
certificate = "orders/station.pem"
key_label = "events"
answer_within_seconds = 5
longest_pause_seconds = 2
"""


CRL = """crl = ["{url}/crl"]
crl_look_seconds = 1"""


def settings_text(authority_url, socket, orders_url, api_url, roles, verbosity, transcripts,
                  watches_crl, room_asks):
    """As TOML; `orders_url` may be none, `roles` are those of the API; `room_asks`: a print room with a
    token of its own asks for its letters."""
    crl_lines = CRL.format(url=authority_url.removesuffix("/cmp")) if watches_crl else ""
    orders_table = ORDERS.format(url=orders_url) if orders_url else ""
    letters_line = 'notes = "notes"' if room_asks else 'letters = "letters"'
    room_token = ', "seal/print-room-token.pem"' if room_asks else ""
    transcripts_line = 'transcripts = "log/transcripts"' if transcripts else ""
    return f"""\
[station]
name = "Demo production room"
issuer_prefix = "ZG"
profiles = "profiles"
ledger = "ledger/station.sqlite"
inbox = "inbox"
reports = "reports"
{letters_line}
escrow = "escrow"
log = "log/station.log"
verbosity = "{verbosity}"
{transcripts_line}

[readers]
socket = "{socket}"
token_readers = ["*Token*"]
ignore_readers = []

[chips]
attestation_roots = ["chips/maker.pem"]

[authority]
url = "{authority_url}"
certificates = ["authority/chain.pem"]
certificate = "authority/registration.pem"
key_label = "registration"
answer_within_seconds = 10
decide_within_seconds = 60
{crl_lines}

[token]
module = "/usr/lib/softhsm/libsofthsm2.so"
label = "zegel"
pin_file = "token.pin"
master_key_label = "card-master"
wrap_key_label = "group-wrap"

[seal]
print_room = ["seal/print-room.pem"{room_token}]
certificate = "seal/station.pem"
key_label = "seal"
recovery = "seal/recovery.pem"
{orders_table}
[api]
listen = "{api_url.removeprefix("https://")}"
certificate = "api/server.pem"
key = "api/server.key"
client_ca = "api/ca.pem"
client_crl = "api/crl.pem"
access_log = "log/api.log"

[api.roles]
""" + "".join(f'{role} = ["{role}"]\n' for role in roles)
