package io.weft.protocol;

/** A harmless piece of foreign text for messages and logs. */
final class Excerpt {
    private static final int LENGTH = 80;

    private Excerpt() {}

    static String of(String text) {
        StringBuilder excerpt = new StringBuilder("'");
        for (int i = 0; i < Math.min(LENGTH, text.length()); i++) {
            char c = text.charAt(i);
            excerpt.append(Character.isISOControl(c) ? '?' : c);
        }
        return excerpt.append(text.length() > LENGTH ? "...'" : "'").toString();
    }
}
