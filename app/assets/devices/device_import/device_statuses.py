"""The words that lists have for a device's state, those of other products included."""

from typing import Final

_SPELLINGS: Final = {
    "in_use": (
        "在用 使用 使用中 正常 正常使用 良好 启用 运行 领用 已领用 已分配 借用 借出 in_use in-use inuse active "
        "installed deployed assigned checkedout inproduction operational live"
    ),
    "spare": (
        "备用 备机 闲置 库存 在库 未使用 空闲 未领用 待领用 待分配 spare idle "
        "instock readytodeploy available pendinginstall undeployed"
    ),
    "in_repair": (
        "维修 维修中 在修 送修 故障 待修 in_repair repair inrepair inmaintenance underrepair outforrepair broken"
    ),
    "retired": (
        "报废 已报废 待报废 停用 退役 淘汰 处置 已处置 清理 已清理 "
        "retired scrapped archived decommissioned disposed endoflife"
    ),
    "lost": "丢失 遗失 失窃 盘亏 lost missing stolen lost/stolen",
}

STATUS_OF_WORD: Final = {word: status for status, words in _SPELLINGS.items() for word in words.split()}
"""Lower-case word, without spaces, of a list → the state that is stored."""
