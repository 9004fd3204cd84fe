package io.weft.rest.policy;

import io.weft.rest.policy.Credentials.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a rule's text: checks, {@code and}, {@code or}, {@code not} and parentheses, of which {@code not} binds closest
 * and {@code or} least. As in oslo.policy, blanks part the words, and parentheses stand at their ends.
 */
final class CheckParser {
    /** Rules nest no deeper; each level is one of the parser's calls. */
    private static final int MAXIMUM_DEPTH = 100;

    private static final Map<String, Identity> IDENTITIES = Map.of(
            "project_id", Identity.PROJECT,
            "tenant_id", Identity.PROJECT,
            "tenant", Identity.PROJECT,
            "user_id", Identity.USER,
            "user", Identity.USER);
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+");

    private final List<String> tokens;
    private int next;

    private CheckParser(List<String> tokens) {
        this.tokens = tokens;
    }

    /** @throws IllegalArgumentException when the text is no rule; the message says what is wrong */
    static Check parse(String text) {
        List<String> tokens = tokens(text);
        if (tokens.isEmpty()) {
            return Check.Constant.EVERYBODY;
        }
        CheckParser parser = new CheckParser(tokens);
        Check check = parser.any(0);
        if (parser.next < tokens.size()) {
            throw new IllegalArgumentException("'" + parser.tokens.get(parser.next) + "' was not expected");
        }
        return check;
    }

    private static List<String> tokens(String text) {
        List<String> tokens = new ArrayList<>();
        for (String word : text.strip().split("\\s+")) {
            int start = 0;
            while (start < word.length() && word.charAt(start) == '(') {
                tokens.add("(");
                start++;
            }
            int end = word.length();
            while (end > start && word.charAt(end - 1) == ')') {
                end--;
            }
            if (end > start) {
                tokens.add(word.substring(start, end));
            }
            for (int i = end; i < word.length(); i++) {
                tokens.add(")");
            }
        }
        return tokens;
    }

    private Check any(int depth) {
        List<Check> checks = new ArrayList<>(List.of(all(depth)));
        while (taken("or")) {
            checks.add(all(depth));
        }
        return checks.size() == 1 ? checks.getFirst() : new Check.Any(List.copyOf(checks));
    }

    private Check all(int depth) {
        List<Check> checks = new ArrayList<>(List.of(negation(depth)));
        while (taken("and")) {
            checks.add(negation(depth));
        }
        return checks.size() == 1 ? checks.getFirst() : new Check.All(List.copyOf(checks));
    }

    private Check negation(int depth) {
        if (depth > MAXIMUM_DEPTH) {
            throw new IllegalArgumentException("the rule nests deeper than " + MAXIMUM_DEPTH);
        }
        if (taken("not")) {
            return new Check.Not(negation(depth + 1));
        }
        if (taken("(")) {
            Check inner = any(depth + 1);
            if (!taken(")")) {
                throw new IllegalArgumentException("a ')' is missing");
            }
            return inner;
        }
        if (next == tokens.size()) {
            throw new IllegalArgumentException("a check is missing at the end");
        }
        return check(tokens.get(next++));
    }

    private boolean taken(String word) {
        if (next < tokens.size() && tokens.get(next).toLowerCase(Locale.ROOT).equals(word)) {
            next++;
            return true;
        }
        return false;
    }

    private static Check check(String text) {
        switch (text) {
            case "@" -> {
                return Check.Constant.EVERYBODY;
            }
            case "!" -> {
                return Check.Constant.NOBODY;
            }
            default -> {
                // Below.
            }
        }
        int colon = text.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("'" + text + "' is no check: it has no 'kind:match'");
        }
        String kind = text.substring(0, colon);
        String match = text.substring(colon + 1);
        String literal = literal(kind);
        if (literal != null) {
            return new Check.Literal(literal, Template.parse(match));
        }
        Identity identity = IDENTITIES.get(kind);
        if (identity != null) {
            return new Check.Owner(identity, Template.parse(match));
        }
        return switch (kind) {
            case "rule" -> new Check.Reference(match);
            case "role" -> role(match);
            case "is_admin" -> administrator(match);
            case "field" -> field(match);
            case "http", "https" ->
                throw new IllegalArgumentException("'" + text + "' asks another server, which is not supported");
            default ->
                throw new IllegalArgumentException(
                        "'" + text + "' asks for '" + kind + "', which Weft does not know of callers");
        };
    }

    /** The text of a literal of Python's; null when it is none. */
    private static @Nullable String literal(String kind) {
        int last = kind.length() - 1;
        if (last > 0 && (kind.charAt(0) == '\'' || kind.charAt(0) == '"') && kind.charAt(last) == kind.charAt(0)) {
            return kind.substring(1, last);
        }
        return kind.equals("True")
                        || kind.equals("False")
                        || kind.equals("None")
                        || NUMBER.matcher(kind).matches()
                ? kind
                : null;
    }

    private static Check role(String match) {
        if (match.isEmpty() || match.indexOf('%') >= 0) {
            throw new IllegalArgumentException("'role:" + match + "' names no role");
        }
        return new Check.Role(match.toLowerCase(Locale.ROOT));
    }

    private static Check administrator(String match) {
        return switch (match) {
            case "True" -> new Check.Administrator(true);
            case "False" -> new Check.Administrator(false);
            default -> throw new IllegalArgumentException("'is_admin:" + match + "' is neither True nor False");
        };
    }

    private static Check field(String match) {
        int colon = match.indexOf(':');
        int equals = match.indexOf('=');
        if (colon < 1 || equals < colon + 2) {
            throw new IllegalArgumentException("'field:" + match + "' is not of the form field:resource:name=value");
        }
        String wanted = match.substring(equals + 1);
        Pattern pattern = null;
        if (wanted.startsWith("~")) {
            try {
                pattern = Pattern.compile(wanted.substring(1));
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException(
                        "'field:" + match + "' has no regular expression behind '~': " + e.getDescription());
            }
        }
        return new Check.Field(
                match.substring(0, colon), Template.canonical(match.substring(colon + 1, equals)), wanted, pattern);
    }
}
