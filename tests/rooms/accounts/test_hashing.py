"""What a password costs whoever stole its hash (OWASP: argon2id with 19 MiB, two passes, one lane)."""

from argon2 import PasswordHasher

from app.accounts import passwords


def test_a_password_is_hashed_with_argon2id_of_19_mib_in_two_passes(earnest_hasher: PasswordHasher) -> None:
    kept = earnest_hasher.hash("correct horse battery staple")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert earnest_hasher.verify(kept, "correct horse battery staple")


def test_a_hash_of_less_work_is_outdated(earnest_hasher: PasswordHasher) -> None:
    assert earnest_hasher.check_needs_rehash(passwords.hashed("made in tests, with less work"))
