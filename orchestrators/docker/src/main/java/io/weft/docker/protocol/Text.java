package io.weft.docker.protocol;

/** Foreign text as it may be shown. */
final class Text {
    private static final int SHOWN = 80;

    private Text() {}

    /** The text in quotes, without what could disturb a terminal or a log, and not more than a line of it. */
    static String shown(String text) {
        String clean = text.codePoints()
                .limit(SHOWN)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return "'" + clean + (text.codePointCount(0, text.length()) > SHOWN ? "…'" : "'");
    }
}
