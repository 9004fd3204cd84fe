package io.weft.neutron;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Writes instants as Neutron does, to the second: {@code 2026-01-01T00:00:00Z}. Lists write thousands of them. */
final class Timestamp {
    private static final int SECONDS_OF_DAY = 86_400;

    private Timestamp() {}

    static String format(Instant instant) {
        long second = instant.getEpochSecond();
        LocalDate date = LocalDate.ofInstant(instant, ZoneOffset.UTC);
        int ofDay = (int) Math.floorMod(second, (long) SECONDS_OF_DAY);
        StringBuilder text = new StringBuilder(20);
        text.append(date.getYear()).append('-');
        two(text, date.getMonthValue()).append('-');
        two(text, date.getDayOfMonth()).append('T');
        two(text, ofDay / 3600).append(':');
        two(text, ofDay / 60 % 60).append(':');
        return two(text, ofDay % 60).append('Z').toString();
    }

    private static StringBuilder two(StringBuilder text, int number) {
        return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
