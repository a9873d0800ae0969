"""Protected values: unreadable in the database, found by their index, gone when their key is destroyed."""

from __future__ import annotations

import base64
import io
import secrets
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from core.org.actor import Actor
from core.records import change, vault
from core.records.errors import AppendOnly, NoChange, explained
from core.records.keys import destroy_key, rewrap_keys
from core.records.models import Change, DataKey
from core.records.settling import settle
from core.records.vault import BrokenValue, ErasedValue, Secret, blind_index, create_key, mask, plain_key
from core.records.verifying import verify
from personnel.models import Contact, IdentityDocument, Teacher
from tests.factories.build import every_record
from tests.factories.people import make_teacher
from tests.ground.databases import Database

NUMBER = "11010519491231002X"
ADDRESS = "青石县和平路7号2单元301室"


@pytest.fixture
def document(system: Actor) -> IdentityDocument:
    """The identity document of a person."""
    return make_teacher("张伟", identity_number=NUMBER).identitydocuments.get()


def fresh(record: Any) -> Any:
    """The record as another process reads it."""
    return type(record)._base_manager.get(pk=record.pk)


def everything_stored() -> str:
    """All that the tables of records and keys hold, as text."""
    texts = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text, encode(convert_to(t::text, $q$UTF8$q$), $q$escape$q$) FROM "{table}" t')
            texts += [f"{one}{other}" for one, other in cursor.fetchall()]
    return "\n".join(texts)


def test_the_database_holds_no_protected_value_in_clear(system: Actor, document: IdentityDocument) -> None:
    with change("test.write", actor=system, reason="how to reach them"):
        contact = Contact(teacher=document.teacher)
        contact.phone, contact.address = "13800138000", ADDRESS
        contact.save()
        contact.phone = "13911112222"
        contact.save()
    stored = everything_stored()
    for value in (NUMBER, "13800138000", "13911112222", ADDRESS):
        for shape in (value, value.encode().hex(), base64.b64encode(value.encode()).decode(), value[:12]):
            assert shape not in stored
    assert "002X" in stored, "the last four characters are kept apart, readable"
    assert fresh(contact).address.last == "", "of an address nothing is readable"
    assert (fresh(document).number.reveal(), fresh(contact).phone.reveal()) == (NUMBER, "13911112222")
    assert fresh(contact).address.reveal() == ADDRESS


def test_a_protected_value_shows_its_mask(document: IdentityDocument) -> None:
    number = fresh(document).number
    assert isinstance(number, Secret)
    assert str(number) == f"{number}" == number.masked == "**************002X"
    assert NUMBER not in repr(number)
    assert number
    assert mask("", 16) == "*" * 16
    assert mask("0000", 4) == "****0000", "a short value does not show how short it is"


def test_no_value_is_no_mask(system: Actor) -> None:
    with change("test.write", actor=system, reason="nothing known"):
        contact = Contact.objects.create(teacher=make_teacher("无名"))
        contact.phone = ""
        contact.save()
    phone = fresh(contact).phone
    assert (bool(phone), str(phone), phone.last, phone.reveal()) == (False, "", "", "")
    assert (contact.phone_cipher, contact.phone_index) == (None, None)


def test_equal_values_are_found_and_kept_unique_without_being_read(system: Actor, document: IdentityDocument) -> None:
    found = IdentityDocument.objects.get(number_index=blind_index("identity", NUMBER))
    assert found == document
    assert blind_index("identity", NUMBER) != blind_index("phone", NUMBER), "an index per sort of value"
    with pytest.raises(IntegrityError, match="identity_number_once"), transaction.atomic():
        make_teacher("同号", identity_number=NUMBER)


def test_the_same_value_is_sealed_anew_each_time(document: IdentityDocument) -> None:
    key = plain_key(document.teacher.key)
    first, second = (IdentityDocument.number.columns(NUMBER, key) for _ in range(2))
    assert first[0] != second[0]
    assert first[1:] == second[1:]


def test_each_person_has_a_key_of_their_own_wrapped_by_the_master_key(document: IdentityDocument) -> None:
    other = make_teacher("李四")
    assert plain_key(document.teacher.key) != plain_key(other.key)
    stored = DataKey.objects.get(pk=document.teacher.key.pk)
    assert plain_key(stored) not in bytes(stored.wrapped)
    assert stored.master == vault.current_master()


def test_a_value_moved_to_another_person_does_not_open(system: Actor, document: IdentityDocument) -> None:
    other = make_teacher("冒名", identity_number="110101199003074514").identitydocuments.get()
    with change("test.write", actor=system, reason="moves the sealed value"):
        IdentityDocument.objects.filter(pk=other.pk).update(number_cipher=document.number_cipher)
    with pytest.raises(BrokenValue):
        fresh(other).number.reveal()


def test_a_value_moved_to_another_field_does_not_open(system: Actor) -> None:
    with change("test.write", actor=system, reason="moves the sealed value"):
        contact = Contact(teacher=make_teacher("换栏"))
        contact.phone = "13800138000"
        contact.address_cipher = contact.phone_cipher
        contact.save()
    with pytest.raises(BrokenValue):
        fresh(contact).address.reveal()


def test_a_damaged_value_does_not_open(system: Actor, document: IdentityDocument) -> None:
    sealed = bytearray(document.number_cipher)
    sealed[-1] ^= 1
    with change("test.write", actor=system, reason="one bit"):
        IdentityDocument.objects.filter(pk=document.pk).update(number_cipher=bytes(sealed))
    with pytest.raises(BrokenValue):
        fresh(document).number.reveal()


def test_history_opens_with_the_same_key(system: Actor, document: IdentityDocument) -> None:
    with change("test.write", actor=system, reason="typed wrongly"):
        document.number = "110101199003074514"
        document.save()
    newest, oldest = document.history.all()
    key = plain_key(document.teacher.key)
    field = IdentityDocument.number
    assert [field.decrypt(row.number_cipher, key) for row in (newest, oldest)] == ["110101199003074514", NUMBER]


def test_erasing_destroys_the_key_tells_of_it_and_leaves_history_provable(
    committed_db: Database, system: Actor, document: IdentityDocument
) -> None:
    teacher = Teacher.objects.get(pk=document.teacher.pk)
    settle()
    done = destroy_key(teacher.key, actor=system, reason="未录用，依法删除", document="青教删〔2026〕1号")
    for record in (document, fresh(document)):
        with pytest.raises(ErasedValue):
            fresh(record).number.reveal()
    with pytest.raises(ErasedValue):
        plain_key(teacher.key)
    assert DataKey.objects.get(pk=teacher.key.pk).wrapped is None
    stored = Change.objects.get(pk=done.pk)
    assert (stored.kind, stored.document, stored.actor) == ("records.erase", "青教删〔2026〕1号", system.user)
    assert str(fresh(document).number) == "**************002X", "the page still says that there was a number"
    settle()
    with transaction.atomic():
        assert list(verify()) == []


def test_an_erasure_needs_the_number_of_its_order(system: Actor, document: IdentityDocument) -> None:
    with pytest.raises(ValueError, match="order"):
        destroy_key(document.teacher.key, actor=system, reason="no paper", document=" ")
    assert fresh(document).number.reveal() == NUMBER


@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET wrapped = NULL", "UPDATE {} SET master = ''", "UPDATE {} SET master = '' WHERE false"],
)
def test_a_key_is_not_touched_outside_a_change(document: IdentityDocument, statement: str) -> None:
    with pytest.raises(NoChange, match="write outside a change"), explained(), transaction.atomic():
        connection.cursor().execute(statement.format("records_datakey"))
    assert fresh(document).number.reveal() == NUMBER


@pytest.mark.parametrize(
    ("kind", "document_number", "statement"),
    [
        ("test.write", "1号", "UPDATE {} SET wrapped = NULL"),
        ("records.erase", "", "UPDATE {} SET wrapped = NULL"),
        ("records.erase", "1号", "UPDATE {} SET wrapped = 'x'"),
        ("test.write", "", "UPDATE {} SET wrapped = 'x'"),
        ("records.rewrap_keys", "", "UPDATE {} SET wrapped = NULL"),
        ("records.erase", "1号", "DELETE FROM {}"),
        ("records.erase", "1号", "DELETE FROM {} WHERE false"),
    ],
)
def test_a_key_goes_by_an_erasure_with_its_order_only(
    system: Actor, document: IdentityDocument, kind: str, document_number: str, statement: str
) -> None:
    with (
        pytest.raises(AppendOnly, match="key"),
        change(kind, actor=system, reason="by hand", document=document_number),
    ):
        connection.cursor().execute(statement.format("records_datakey"))
    assert fresh(document).number.reveal() == NUMBER


def test_an_erased_key_does_not_come_back(system: Actor) -> None:
    key = create_key()
    before = bytes(key.wrapped)
    destroy_key(key, actor=system, reason="erased", document="1号")
    with pytest.raises(AppendOnly), change("records.rewrap_keys", actor=system, reason="by hand"):
        DataKey.objects.filter(pk=key.pk).update(wrapped=before)


def other_master() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def test_a_new_master_key_rewraps_all_keys_and_touches_no_value(
    system: Actor, document: IdentityDocument, settings: Any
) -> None:
    sealed, old = bytes(document.number_cipher), settings.MASTER_KEY
    erased = create_key()
    destroy_key(erased, actor=system, reason="erased before", document="1号")
    total = DataKey.objects.filter(wrapped__isnull=False).count()
    settings.MASTER_KEY = other_master()
    with pytest.raises(BrokenValue):
        fresh(document).number.reveal()
    assert rewrap_keys(old=old, actor=system, reason="yearly") == total
    again = fresh(document)
    assert again.number.reveal() == NUMBER
    assert (bytes(again.number_cipher), again.revision) == (sealed, 1)
    assert set(DataKey.objects.filter(wrapped__isnull=False).values_list("master", flat=True)) == {
        vault.current_master()
    }
    assert DataKey.objects.get(pk=erased.pk).wrapped is None
    assert rewrap_keys(old=old, actor=system, reason="yearly") == 0, "a second run finds nothing to do"
    settings.MASTER_KEY = old
    with pytest.raises(BrokenValue):
        fresh(document).number.reveal()


def test_rewrapping_is_all_or_nothing(system: Actor, document: IdentityDocument, settings: Any) -> None:
    old = settings.MASTER_KEY
    broken = create_key()
    with change("records.rewrap_keys", actor=system, reason="damaged"):
        DataKey.objects.filter(pk=broken.pk).update(wrapped=b"x" * 60)
    settings.MASTER_KEY = other_master()
    with pytest.raises(BrokenValue), transaction.atomic():
        rewrap_keys(old=old, actor=system, reason="yearly")
    assert not DataKey.objects.filter(master=vault.current_master()).exists()


@pytest.mark.parametrize("old", ["", "short", "bm90IDMyIGJ5dGVz", None])
def test_the_old_master_key_must_be_another_real_one(system: Actor, settings: Any, old: str | None) -> None:
    with pytest.raises(ValueError, match="key"):
        rewrap_keys(old=settings.MASTER_KEY if old is None else old, actor=system, reason="yearly")


def test_the_command_reads_the_old_key_and_says_how_many(
    system: Actor, document: IdentityDocument, settings: Any, monkeypatch: Any, capsys: Any
) -> None:
    total, old = DataKey.objects.count(), settings.MASTER_KEY
    settings.MASTER_KEY = other_master()
    monkeypatch.setattr("sys.stdin", io.StringIO("nonsense\n"))
    with pytest.raises(CommandError):
        call_command("rewrap_keys")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{old}\n"))
    call_command("rewrap_keys")
    assert capsys.readouterr().out == f"{total} keys wrapped anew\n"
    assert fresh(document).number.reveal() == NUMBER


def test_every_protected_value_leads_to_the_key_of_its_person() -> None:
    fields = [(model, field) for model in every_record() for field in getattr(model, "_protected", {}).values()]
    assert {f"{model._meta.label}.{field.name}" for model, field in fields} >= {
        "personnel.IdentityDocument.number", "personnel.Contact.phone", "personnel.Contact.address",
    }  # fmt: skip
    for model, field in fields:
        owner = model
        for step in filter(None, field.owner.split("__")):
            owner = owner._meta.get_field(step).related_model
        assert owner._meta.get_field("key").related_model is DataKey, f"{model._meta.label}.{field.name}"
