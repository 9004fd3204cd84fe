/**
 * The network model: what tenants and operators asked for, as immutable records.
 *
 * <p>Every value checks itself when it is made; a violation is an {@link io.weft.model.InvalidException} that names
 * the field and the rule. It knows neither stores nor packets.
 */
@NullMarked
package io.weft.model;

import org.jspecify.annotations.NullMarked;
