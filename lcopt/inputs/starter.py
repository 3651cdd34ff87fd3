"""The scenario file that `lcopt init` writes: what must be said, and every optional key commented out at its default.

A line that starts with # and no space is a key; without the # it changes nothing, unless its comment says 'example'.
"""

from __future__ import annotations

STARTER = """\
# yaml-language-server: $schema=lcopt.schema.json
# Question: which pack should our car carry?

# Editors complete and check this file once 'lcopt schema -o lcopt.schema.json' has written the schema beside it.
# A line with # and no space after it is a key at its default: remove the # to set it. Those with 'example' have no
# default. 'lcopt check' names every mistake; 'lcopt catalog' shows the names and numbers behind the defaults.

lcopt: 1                                # version of this format
name: starter                           # of the scenario and its reports

finance:
  currency: USD                         # USD, EUR or CNY: totals are shown in it too; prices may be in any of them
  price_year: 2025                      # of all money that does not name its own, as 5.2 EUR2022/kg does
  discount_rate: 8 %                    # nominal
  horizon: 12 yr                        # how long the car is owned
  #inflation: 0 %
  #production_years: 5 yr               # how long the car is sold
  #carbon_price: 0 USD/t
  #flow_timing: end                     # of running payments in their year: end or middle

packs:                                  # one or more; add '- name: ...' for the next
  - name: car
    volume: 200000 /yr                  # packs sold a year; or each year: {2028: 30000 /yr, 2029: ...}
    energy: 60 kWh                      # total, at least; the excess is paid for and carried
    power: 150 kW
    system_voltage: 400 V               # 400 V or 800 V
    #power_temperature: 0 degC          # the power must be met here ...
    #power_soc: 20 %                    # ... and here
    usage:
      profile: private_car              # 'lcopt catalog usage_profiles' lists them; single values replace those of it
      #distance: 15000 km/yr
      #consumption: 17 kWh/100km        # at the battery, with the reference pack mass
      #reference_pack_mass: 350 kg      # example; else energy / (170 Wh/kg)
      #mass_penalty: 0.4 kWh/100km/100kg
      #dc_share: 10 %                   # of the energy, charged fast
      #ac_efficiency: 90 %
      #dc_efficiency: 94 %
      #ac_price: 0.17 USD/kWh
      #dc_price: 0.45 USD/kWh
      #energy_price_escalation: 2 %
      #session_energy: 25 kWh           # of one fast charge
      #session_overhead: 0.1 h          # besides the charging
      #time_value: 15 USD/h
      #unproductive: 50 %               # of the time of fast charging
      #soc_mean: 62.5 %
      #dod: 35 %                        # of a usual cycle
      #c_rate: 0.185 1/h                # mean, in use
      #battery_temperature: 25 degC     # mean over the year
      #climate: constant                # or a name of 'lcopt catalog climates', in which the battery ages
      #preheat: none                    # before a cold fast charge; or plug, way
      #cold_stops: 0 %                  # of the fast charges, that start at cold_temperature
      #soh_end_of_life: 70 %            # replaced below
      #grid_carbon: 0.25 kg/kWh
    #limits:                            # of this pack
    #  charging_window: [10 %, 80 %]
    #  charging_temperature: 25 degC    # at the start
    #  cold_charging_time_max: 40 min   # example; whole stop with heating, else no limit
    #  cold_temperature: -10 degC       # at a cold start
    #  charger_power: 350 kW
    #  charger_current: 500 A
    #  charging_time_max: 25 min        # example; else no limit
    #  usable_energy_min_at: {-10 degC: 50 kWh, -20 degC: 42 kWh}   # example; else no limit
    #  power_min_at: {-20 degC: 60 kW}  # example; else no limit
    #  specific_energy_min: 120 Wh/kg   # example; else no limit
    #  energy_density_min: 180 Wh/L     # example; else no limit
    #  mass_max: 500 kg                 # example; else no limit
    #  volume_max: 400 L                # example; else no limit
    #  length_max: 2000 mm              # example; else the underbody of 'lcopt catalog design_bounds'
    #  width_max: 1400 mm               # example; else that of the underbody
    #  height_max: 140 mm               # example; else that of the underbody
    #  safety: none                     # or gb38031_2020, gb38031_2025
    #  life_min: 8 yr                   # example; to soh_end_of_life, else no limit
    #  life_distance_min: 160000 km     # example; else no limit
    #  warranty: none                   # or euro_7, or another of 'lcopt catalog warranty_rules'

#limits: {charging_time_max: 30 min}    # example; for every pack, unless the pack says otherwise

#search:
#  chemistries: all                     # or a list: [LFP-G (Energy), NMC811-G (Energy)]
#  formats: all                         # or a list: [pouch, 4680, blade]
#  architectures: all                   # or a list: [module, cell_to_pack, cell_to_chassis]
#  coolings: all                        # or a list: [bottom_plate, large_face, side_ribbon]
#  technology_classes: all              # or a list: [energy, standard, super, flash]
#  heaters: all                         # or a list: [none, ptc_6kw, ptc_12kw, pulse_20kw]
#  platforms: [our_cell]                # example; only these given cell designs, from platforms.csv of your data
#  platforms_max: 1                     # example; cell designs in the whole portfolio, else no cap
#  production_start: 2028               # year of the first sale
#  readiness_min: 8                     # of a chemistry in that year, of 9: 8 is in series production
#  platform_fixed_cost: 150 MUSD        # tooling, development and validation of one

#plant:
#  size: 30 GWh/yr                      # the same for every candidate
#  parts_price_factor: 1                # electronics, cooling, cans, structure and other parts, over the catalog
#  electrode_process: wet               # or dry
#  region: reference                    # where the plant stands: or a name of 'lcopt catalog regions'
#  market: same                         # where the packs are sold, another region for a tariff
#  costing: levelized                   # example; with ramp, energy and cost of capital; else as the reference
#  wacc: 10 %                           # example; real, before tax, of a levelized plant
#  subsidy_share: 100 %                 # of the region's production subsidy, that lowers the price
#  learning: 0 %                        # yearly fall of labor, machines and energy per pack
#  royalty: 1 USD/kWh                   # example; or by family: {lfp: 0 USD/kWh, ternary: 1 USD/kWh}

#portfolio:
#  volumes: as_sized                    # or pooled: lines as large as what the packs that share them make
#  gap_max: 0.0001 %                    # between cost and bound, at which the proof ends
#  limits: [{quantity: lithium, max: 5 kt/yr}]   # example; of the fleet: a metal, carbon, energy, packs, platforms
                                        # also min: 2 t/yr, relaxation: 20 USD/kg, recycled_min: 16 % with
                                        # recycled_supply: 80 t/yr, share_max: 40 %, share_min: 20 %, name: our rule;
                                        # of packs with chemistry: [..], format: [..], architecture: [..], platform: ...
#  platform_costs: {our_cell: 90 MUSD}  # example; of a given cell design; or built: [our_cell], cost sunk
#  risk: {prices: {low: 25 %, central: 50 %, high: 25 %}, tail: 10 %, aversion: 50 %}   # example; else certain prices
#  # buy: [{cell: our_cell, price: 62 USD/kWh, supplier: Maker, supply_max: 5 GWh/yr}]   a given cell may be bought
#  strategies: {lfp: {any_of: [{chemistries: [LFP-G (Energy)], formats: all}], platforms_max: 1}}   # example; the best
                                        # fleet within them is told beside the optimum; or a list of alternatives alone

#prices: central                        # market quotes of 2025; or low, high, 2022_peak, reference (BatPaC)
#prices_compared: reference             # example; where on the way to it does the answer change?

#price_overrides:                       # example; 'lcopt catalog prices' lists the items
#  lfp_cathode: 5.2 USD/kg              # example

#data: my_data                          # example; a folder of CSV files named like tables of 'lcopt catalog'

#catalog_overrides:                     # example; single values by table and keys, with the unit of their row
#  cost_rates: {labor_usd_per_h: 31 USD/h}   # example

#lifecycle:
#  end_of_life_value: 0 USD/kWh         # of a spent pack; or by family: {lfp: -7 USD/kWh, ternary: 10 USD/kWh}
#  recycling_route: given               # the value above; or best, or a name of 'lcopt catalog recycling_routes'
#  residual_rule: market                # or none, linear_time, linear_soh
#  pack_price_decline: 4 %              # a year, of replacement packs
#  replacement_markup: 15 %
#  replacement_rule: integer            # or continuous
#  warranty_defect: 1 %                 # of the packs
#  warranty_claim_date: 4 yr
#  warranty_guaranteed_soh: 70 %
#  warranty_term: 8 yr
#  warranty_spread: 15 %                # of the fade from pack to pack

#ownership:                             # example
#  model: all                           # example; sale (else), lease, battery_as_a_service, swap, or a list: cheapest
#  fee: 90 USD/month                    # example; else the fee at which the lessor breaks even
#  fee_per_kwh: 0.1 USD/kWh             # example; of battery_as_a_service and swap, else none
#  lessor_return: 9 %                   # example; else the discount rate
#  operations: 200 USD/yr               # example; of the lessor, a vehicle
#  energy_paid_by: user                 # example; else the operator of swap stations, the user else
#  pool_factor: 1.1                     # example; packs for each car under swap
#  station_capex: 1500 USD/vehicle      # example
#  station_efficiency: 90 %             # example
#  station_energy_price: 0.15 USD/kWh   # example
#  station_c_rate: 0.4 1/h              # example

#tax:                                   # example; then the discount rate is after tax
#  rate: 25 %                           # example
#  depreciation: own                    # example; or none (else), macrs5, straight_line with depreciation_years: 8 yr
#  depreciation_rates: [60 %, 40 %]     # example; of own, year by year
#  bonus: 10 %                          # example; written off at once
#  investment_credit: 5 %               # example

#second_life:                           # example; sale of used packs to stationary storage
#  new_storage_price: 80 USD/kWh        # example
#  new_storage_price_decline: 4 %       # example
#  used_discount: 80 %                  # example
#  health_factor: 50 %                  # example
#  repurposing_cost: 25 USD/kWh         # example
#  soh_min: 65 %                        # example

#variants:                              # example; 'lcopt run' makes a report of each, beside that of the file itself
#  fast:                                # example; keys over those above; a key with dots is an address
#    limits.charging_time_max: 15 min   # example
#  dear_lithium:                        # example
#    price_overrides: {lfp_cathode: "+30 %"}   # example; of the inherited value, or the catalog's; or "*1.3"

#sweep:                                 # example; 'lcopt sweep' optimizes every combination
#  finance.discount_rate: [6 %, 8 %, 10 %]   # example
#  packs.car.energy: {from: 50 kWh, to: 70 kWh, step: 10 kWh}   # example
"""
