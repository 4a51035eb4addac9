"""A card is lost: its holder has it revoked with the code from his letter, and the CA's list shows it."""

import re

from demo_house import DemoFailed
from spoken import say

CODE = re.compile(r"  ([A-HJKMNP-Z2-9]{4}(?: [A-HJKMNP-Z2-9]{4}){2})$", re.M)
ENTRY = re.compile(r"Serial Number: ([0-9A-F]+)\n(.*?)(?=    Serial Number|    Signature Algorithm)",
                   re.S)


def lose_a_card(house, report, letters):
    """Of the last order that a letter in the folder names; that order."""
    order, code = max(letters_read(house, report, letters), key=lambda read: read[0]["position"])
    say(f"\nThe card of {order['order']} is lost. Its holder types the revocation code from the letter"
        " on the order\nsystem's page, which asks the station:")
    words = ("revoke", order["certificateNumber"], "--reason", "keyCompromise", "--code-file", "-",
             "--as", house.client_file("order-system"))
    say("  zegel " + " ".join(str(word) for word in words[:6]))
    status, said = house.run(house.programs / "zegel", *words, check=False, input=code.encode())
    say("    -> " + said.strip().splitlines()[-1])  # before it, where its memory is not locked
    if status != 0:
        raise DemoFailed(f"the revocation was refused: {said}")
    house.await_that(lambda: in_crl(house, order), "the CRL to show the revocation", 30)
    say("  openssl crl -text, of the list that the CA publishes:")
    serials = serials_of(house, order)
    for serial, reason in listed(house).items():
        if serial in serials:
            say(f"    {serial:X}  {reason}")
    return order["order"]


def letters_read(house, report, letters):
    """Order and code of each letter, as pdftotext reads them."""
    read = []
    for pdf in letters.glob("*.pdf"):
        text = house.run("pdftotext", "-layout", pdf, "-")[1]
        order = next((order for order in report["orders"] if order["order"] in text), None)
        code = CODE.search(text)
        if order and code:
            read.append((order, code[1]))
    if not read:
        raise DemoFailed("no letter names an order and holds a revocation code")
    return read


def serials_of(house, order):
    _, shown = house.ask("auditor", f"/v1/orders/{order['order']}")
    return {int(each["serial"], 16) for each in shown["certificates"] if "serial" in each}


def in_crl(house, order):
    _, shown = house.ask("auditor", f"/v1/orders/{order['order']}")
    return all(each["state"] == "in-crl" for each in shown["certificates"])


def listed(house):
    """{serial: reason as openssl writes it}, of a list that the CA signed."""
    _, text = house.run("openssl", "crl", "-inform", "der", "-in", house.folder / "authority/crl.der",
                        "-noout", "-text", "-CAfile", house.folder / "authority/chain.pem")
    if "verify OK" not in text:
        raise DemoFailed("openssl does not believe the CRL:\n" + text)
    reasons = {}
    for serial, rest in ENTRY.findall(text):
        lines = [line.strip() for line in rest.splitlines()]
        at = [n for n, line in enumerate(lines) if line.startswith("X509v3 CRL Reason Code")]
        reasons[int(serial, 16)] = lines[at[0] + 1] if at else "none written"
    return reasons
