package io.weft.bench;

import java.util.Optional;

/**
 * One figure.
 *
 * @param name what was measured
 * @param value the figure
 * @param unit its unit
 * @param baseline the same figure of the baseline in the same run
 * @param ratio the figure in parts of the baseline
 * @param target what is aimed at: a bound on the ratio where there is a baseline, on the value where there is none
 * @param met whether the target is met
 */
record Result(
        String name,
        double value,
        String unit,
        Optional<Double> baseline,
        Optional<Double> ratio,
        Optional<String> target,
        Optional<Boolean> met) {
    /** A figure without a baseline or a target. */
    static Result of(String name, double value, String unit) {
        return new Result(name, value, unit, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The same beside its baseline. */
    Result beside(double other) {
        return beside(other, value / other);
    }

    /** The same beside its baseline, with a ratio that was found another way than from these two figures. */
    Result beside(double other, double measured) {
        return new Result(name, value, unit, Optional.of(other), Optional.of(measured), target, met);
    }

    /** The same with a lower bound: on the ratio if there is a baseline, else on the value. */
    Result atLeast(double bound) {
        return new Result(
                name, value, unit, baseline, ratio, Optional.of(">= " + bound), Optional.of(judged() >= bound));
    }

    /** The same with an upper bound: on the ratio if there is a baseline, else on the value. */
    Result atMost(double bound) {
        return new Result(
                name, value, unit, baseline, ratio, Optional.of("<= " + bound), Optional.of(judged() <= bound));
    }

    /** The same with bounds on both sides of the baseline, this part of it away. */
    Result within(double part) {
        double off = Math.abs(judged() - 1);
        return new Result(name, value, unit, baseline, ratio, Optional.of("1 +- " + part), Optional.of(off <= part));
    }

    private double judged() {
        return ratio.orElse(value);
    }
}
