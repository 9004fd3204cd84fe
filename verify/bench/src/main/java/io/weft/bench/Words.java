package io.weft.bench;

import java.util.List;
import java.util.Optional;

/** The words of a command line that nobody has taken yet. */
final class Words {
    private final List<String> words;

    /** These words, which are taken out of the list. */
    Words(List<String> words) {
        this.words = words;
    }

    boolean isEmpty() {
        return words.isEmpty();
    }

    String takeFirst() {
        return words.removeFirst();
    }

    /** Whether the flag was given. */
    boolean takeFlag(String flag) {
        return words.remove(flag);
    }

    /**
     * The word after an option, if the option was given.
     *
     * @throws IllegalArgumentException when it is none of the choices
     */
    Optional<String> take(String option, String meaning, List<String> choices) {
        Optional<String> word = take(option);
        if (word.isPresent() && !choices.contains(word.get())) {
            throw new IllegalArgumentException(option + " is " + meaning);
        }
        return word;
    }

    /**
     * The number after an option, or another one if the option was not given.
     *
     * @throws IllegalArgumentException when it is no number above 0
     */
    int takeNumber(String option, int otherwise) {
        Optional<String> word = take(option);
        if (word.isPresent() && !word.get().matches("[1-9][0-9]{0,8}")) {
            throw new IllegalArgumentException(option + " is a number");
        }
        return word.map(Integer::parseInt).orElse(otherwise);
    }

    private Optional<String> take(String option) {
        int at = words.indexOf(option);
        if (at < 0) {
            return Optional.empty();
        }
        words.remove(at);
        return Optional.of(at < words.size() ? words.remove(at) : "");
    }

    /** @throws IllegalArgumentException when there is a word left */
    void requireNone() {
        if (!words.isEmpty()) {
            throw new IllegalArgumentException("what is '" + words.getFirst() + "'?");
        }
    }
}
