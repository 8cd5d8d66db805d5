"""Asks a person at a terminal, with completion where Python's readline is there (not on Windows)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType

from withwhom.text import normal

# How many words are offered at once.
MOST = 40


class Prompt:
    """A terminal: asks with completion by prefix, in any written form, and shows what each word means."""

    def ask(self, prompt: str, words: Mapping[str, str]) -> str:
        """Ask for a line.

        Args:
            prompt: what stands before the answer.
            words: the words that may complete it, each with what it means.

        Raises:
            EOFError: the person has ended the input.
        """
        module = _readline()
        if module is None:
            return input(prompt)
        forms = [(normal(word), word) for word in words] if words else []

        def complete(text: str, state: int) -> str | None:
            found = completions(text, forms)
            return found[state] if state < len(found) else None

        def show(_typed: str, matches: Sequence[str], _longest: int) -> None:
            print("\n" + "\n".join(f"  {word}  {words.get(word, '')}" for word in matches[:MOST]) + f"\n{prompt}{module.get_line_buffer()}", end="", flush=True)

        module.set_completer_delims("")  # a name is one word, spaces and all
        module.set_completer(complete)
        if hasattr(module, "set_completion_display_matches_hook"):
            module.set_completion_display_matches_hook(show)
        module.parse_and_bind("bind ^I rl_complete" if "libedit" in (module.__doc__ or "") else "tab: complete")
        try:
            return input(prompt)
        finally:
            module.set_completer(None)

    def tell(self, line: str) -> None:
        """Show a line."""
        print(line)


def _readline() -> ModuleType | None:
    try:
        import readline
    except ImportError:
        return None
    return readline


def completions(text: str, forms: Sequence[tuple[str, str]]) -> list[str]:
    """Return the words that begin with a text, given each with its normal form; a few at most."""
    begin = normal(text)
    return list(dict.fromkeys(word for form, word in forms if word and form.startswith(begin)))[:MOST]
